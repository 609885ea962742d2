# shellcheck shell=sh
# Runs in a probe: tries all others, and prints a line for each try, with tabs: TRY FROM TO WAY ok|no WHAT. FROM is NODE:pod or
# NODE:host, by where the probe is. In /probe/targets/targets a line each: NODE POD_IP NAME SERVICE_IP HOST_IP PORT NEXT_NODE,
# where PORT of HOST_IP leads to the pod of NEXT_NODE. For busybox, of any version.

LIMIT=3
TRIES=4
# Seconds in which a new service must have come to every node: kube-proxy writes its rules when it gets round to it.
SERVICE_PATIENCE=${SERVICE_PATIENCE:-60}
BEGIN=$(date +%s)
# shellcheck disable=SC2153 # set by the pod
: "$NODE" "$PLACE" "$PORT"

# limit COMMAND...: ends it after LIMIT seconds. Before 1.30 busybox wanted -t.
if timeout 1 true 2>/dev/null; then
  limit() { timeout "$LIMIT" "$@"; }
else
  limit() { timeout -t "$LIMIT" "$@"; }
fi

# get ADDRESS PORT PATH: the whole answer over HTTP. (wget of a static busybox crashes on a time limit.)
get() {
  printf 'GET /%s HTTP/1.0\r\n\r\n' "$3" | limit nc "$1" "$2" 2>/dev/null
}

# Can this container send pings at all, and keep them from being cut in two?
PING=no UNCUT=
if ping -c 1 -W 1 127.0.0.1 >/dev/null 2>&1; then PING=yes; fi
if ping -M 'do' -c 1 -W 1 127.0.0.1 >/dev/null 2>&1; then UNCUT='-M do'; fi
MTU=$(cat /sys/class/net/eth0/mtu 2>/dev/null || echo 0)

# Each says in $SAID what it has seen.

try_ping() {
  SAID="ping $1: no answer"
  ping -c 1 -W "$LIMIT" "$1" >/dev/null 2>&1
}

# try_tcp NODE ADDRESS PORT: an answer of somebody else would mean that two have the same address.
try_tcp() {
  SAID="TCP port $3 of $2: no answer"
  tt_answer=$(get "$2" "$3" name | tail -n 1)
  [ -z "$tt_answer" ] || SAID="TCP port $3 of $2: the pod of $tt_answer answered"
  [ "$tt_answer" = "$1" ]
}

# try_full ADDRESS: the largest packet, and much over TCP, which never lets its packets be cut.
try_full() {
  if [ "$PING" = yes ] && [ "$MTU" -gt 100 ]; then
    SAID="ping $1 with packets of $MTU bytes: no answer"
    # shellcheck disable=SC2086 # no word at all, or two
    ping $UNCUT -c 1 -W "$LIMIT" -s "$((MTU - 28))" "$1" >/dev/null 2>&1 || return 1
  fi
  tf_count=$(get "$1" "$PORT" large | wc -c)
  SAID="200000 bytes over TCP from $1: $tf_count came within $LIMIT s"
  [ "$tf_count" -ge 200000 ]
}

# try_name NODE NAME SERVICE_IP
try_name() {
  SAID="the name $2: the DNS of the cluster ($(sed -n 's/^nameserver //p' /etc/resolv.conf | head -n 1)) does not tell its address $3"
  limit nslookup "$2" 2>/dev/null | grep -v '^Server' | grep -q -w -F "$3" || return 1
  SAID="the service $2 ($3): no answer, though DNS tells its address"
  tn_answer=$(get "$3" "$PORT" name | tail -n 1)
  [ -z "$tn_answer" ] || SAID="the service $2 ($3): the pod of $tn_answer answered"
  [ "$tn_answer" = "$1" ]
}

# gives_up WAY COUNT: has there been time enough?
gives_up() {
  case $1 in
    name | nodeport) [ "$(($(date +%s) - BEGIN))" -ge "$SERVICE_PATIENCE" ] ;;
    *) [ "$2" -ge "$TRIES" ] ;;
  esac
}

# result TO WAY FUNCTION WORDS...
result() {
  rs_to=$1 rs_way=$2 rs_count=0
  shift 2
  until "$@"; do
    rs_count=$((rs_count + 1))
    if gives_up "$rs_way" "$rs_count"; then
      printf 'TRY\t%s:%s\t%s\t%s\tno\t%s\n' "$NODE" "$PLACE" "$rs_to" "$rs_way" "$SAID"
      return 1
    fi
    sleep 1
  done
  printf 'TRY\t%s:%s\t%s\t%s\tok\t\n' "$NODE" "$PLACE" "$rs_to" "$rs_way"
}

# try_all NODE POD_IP NAME SERVICE_IP HOST_IP PORT NEXT_NODE
try_all() {
  [ "$PING" = no ] || result "$1" ping try_ping "$2"
  if result "$1" tcp try_tcp "$1" "$2" "$PORT"; then
    [ "$PLACE" = host ] || result "$1" full try_full "$2"
  fi
  if [ "$PLACE" = pod ]; then
    result "$1" name try_name "$1" "$3" "$4"
  elif [ "$1" != "$NODE" ] || [ "$7" = "$1" ]; then
    result "$1" nodeport try_tcp "$7" "$5" "$6"
  fi
}

folder=$(mktemp -d) || exit 1
count=0
while read -r node pod name service host port next; do
  count=$((count + 1))
  try_all "$node" "$pod" "$name" "$service" "$host" "$port" "$next" >"$folder/$count" 2>&1 &
  [ "$((count % 16))" -ne 0 ] || wait
done </probe/targets/targets
wait
seen=0
while [ "$seen" -lt "$count" ]; do
  seen=$((seen + 1))
  cat "$folder/$seen"
done
[ "$PLACE" = host ] || printf 'MTU\t%s\t%s\n' "$NODE" "$MTU"
echo END
