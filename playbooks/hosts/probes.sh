# shellcheck shell=sh
# Do the pitfalls of this stage show on this host, or in the cluster? They only look.

# is_built: is there anything of a platform here, whoever has built it? Before, everything may be as it likes.
is_built() {
  [ -d "$STATE" ] || have dockerd || have containerd || have kubelet || have ceph-mon || have ceph-osd
}

# ---- the clock ----

# has_time_service: does a program run that keeps the time? The kernel cuts names at 15 letters.
has_time_service() {
  grep -q -s -x -E 'chronyd|systemd-timesyn|ntpd|ntpsec|openntpd|ntpdate' /proc/[0-9]*/comm
}

# date_header: of the headers of HTTP on standard input.
date_header() {
  while read -r dh_name dh_value; do
    case $dh_name in
      [Dd]ate:)
        # Lines of HTTP end with a carriage return.
        printf '%s\n' "${dh_value%[!A-Z]}"
        return
        ;;
    esac
  done
}

# ask_for_date SERVER: what node_told of Kubernetes tells, as far as the headers.
ask_for_date() {
  have curl || return 1
  printf 'asked %s %s\n' "$1" "$(date +%s)"
  curl -s -k -I --noproxy '*' --max-time 3 "$1/healthz" 2>/dev/null
  printf '\nanswered %s\n' "$(date +%s)"
}

# skew_against SERVER...: seconds by which this clock is ahead of that of an API server, which says whole seconds. Fails without an answer. What
# doctor has asked it already, by one of its names, tells that, too.
skew_against() {
  sk_told=
  for sk_server in "$@"; do
    case ${NODE_TOLD-} in
      "asked $sk_server "*"$NL"[Dd]ate:*) sk_told=$NODE_TOLD ;;
    esac
  done
  [ -n "$sk_told" ] || sk_told=$(ask_for_date "$1") || return 1
  sk_before=${sk_told%%"$NL"*}
  sk_before=${sk_before##* }
  sk_now=${sk_told##* }
  # Behind its headers may stand a long answer.
  sk_date=$(printf '%s\n' "${sk_told%%"$NL{"*}" | date_header)
  [ -n "$sk_date" ] || return 1
  sk_theirs=$(date -d "$sk_date" +%s 2>/dev/null) || return 1
  if [ "$sk_theirs" -lt "$sk_before" ]; then
    echo "$((sk_before - sk_theirs))"
  elif [ "$sk_theirs" -gt "$sk_now" ]; then
    echo "$((sk_now - sk_theirs))"
  else
    echo 0
  fi
}

# probe_clock HOST [PEER SERVER...]: PEER is another host, with this API server. Needs time.sh.
probe_clock() {
  if sets_clock && ! has_time_service; then
    differs 'no program corrects the clock of this host'
    return
  fi
  [ "$#" -gt 2 ] || return 0
  pc_host=$1 pc_peer=$2
  shift 2
  pc_skew=$(skew_against "$@") || return 0
  case $pc_skew in
    0 | 1 | 2 | -1 | -2) return 0 ;;
    -*) differs "The clock of $pc_host is ${pc_skew#-} s behind that of $pc_peer" ;;
    *) differs "The clock of $pc_host is $pc_skew s ahead of that of $pc_peer" ;;
  esac
}

# probe_monitors: what Ceph's monitors have measured of each other. Needs told.sh of Ceph.
probe_monitors() {
  ask_cluster
  tell_evidence "$(printf '%s\n' "$TOLD" | grep -o -i '"[^"]*clock skew[^"]*"' | tr -d '"' | sort -u)"
}

# ---- the time zone of pods ----

# user_containers LOGS: "ID NAMESPACE/POD" of each container whose pod is not of the system, by what kubelet calls its log.
user_containers() {
  for uc_file in "$1"/*.log; do
    uc_name=${uc_file##*/}
    uc_name=${uc_name%.log}
    uc_pod=${uc_name%%_*} uc_rest=${uc_name#*_}
    case ${uc_rest%%_*} in
      kube-* | provision-* | calico-* | tigera-* | cilium* | weave* | '*') continue ;;
    esac
    printf '%s %s/%s\n' "${uc_name##*-}" "${uc_rest%%_*}" "$uc_pod"
  done
}

# container_processes PROC CONTAINERS: "PID NAMESPACE/POD" of one process of each of these that runs.
container_processes() {
  {
    printf '%s\n' "$2"
    grep -H -o -E '[0-9a-f]{64}' "$1"/[0-9]*/cgroup 2>/dev/null
  } | awk '
    / / { pod[$1] = $2; next }
    {
      n = split($0, part, ":")
      if (!(part[n] in pod)) next
      m = split(part[1], folder, "/")
      print folder[m - 1], pod[part[n]]
      delete pod[part[n]]
    }'
}

# localtime_of ROOT: the file that /etc/localtime is below ROOT. A link leads from there, and not from the root of this host.
localtime_of() {
  lt_file=/etc/localtime lt_left=8
  while [ -L "$1$lt_file" ] && [ "$lt_left" -gt 0 ]; do
    lt_target=$(readlink "$1$lt_file")
    case $lt_target in
      /*) lt_file=$lt_target ;;
      *) lt_file=${lt_file%/*}/$lt_target ;;
    esac
    lt_left=$((lt_left - 1))
  done
  [ ! -f "$1$lt_file" ] || printf '%s\n' "$1$lt_file"
}

# zone_below ROOT: +0800; without a file it is UTC.
zone_below() {
  zb_file=$(localtime_of "$1")
  if [ -n "$zb_file" ]; then TZ=:$zb_file date +%z; else echo +0000; fi
}

# probe_zones LOGS PROC ZONE: ZONE is the host's. A container that was given TZ has chosen for itself.
probe_zones() {
  pz_containers=$(user_containers "$1")
  [ -n "$pz_containers" ] || return 0
  pz_found=$(container_processes "$2" "$pz_containers" | while read -r pz_pid pz_pod; do
    ! tr '\000' '\n' 2>/dev/null <"$2/$pz_pid/environ" | grep -q '^TZ=.' || continue
    [ -d "$2/$pz_pid/root/" ] || continue
    pz_inside=$(zone_below "$2/$pz_pid/root")
    [ "$pz_inside" = "$3" ] || printf 'the pod %s has the time zone %s, and its host %s\n' "$pz_pod" "$pz_inside" "$3"
  done | sort -u)
  [ -z "$pz_found" ] || differs "$pz_found"
}

# ---- ports ----

# is_absent ADDRESS: does nobody on the same network have the address? Then its host is down, and no firewall is to blame.
is_absent() {
  case $(ip neigh show to "$1" 2>/dev/null) in
    *FAILED* | *INCOMPLETE*) return 0 ;;
  esac
  return 1
}

# try_port HOST PEER ADDRESS PORT PURPOSE: prints a sentence when packets get lost or are forbidden on the way. A refused connection has got there.
try_port() {
  tp_target=$3:$4
  case $3 in
    *:*) tp_target="[$3]:$4" ;;
  esac
  tp_said=$(socat -u OPEN:/dev/null "TCP:$tp_target,connect-timeout=2" 2>&1) && return 0
  case $tp_said in
    *' refused'*) return 0 ;;
    *'o route to host'* | *'etwork is unreachable'*) tp_why='there is no route' ;;
    *) tp_why='no answer' ;;
  esac
  is_absent "$3" || printf '%s cannot reach %s (%s) on %s/tcp, %s: %s\n' "$1" "$2" "$3" "$4" "$5" "$tp_why"
}

# ---- images ----

# What says that nobody answered, as the runtimes have it.
UNREACHABLE='i/o timeout|no such host|connection refused|no route to host|network is unreachable|request canceled|Client\.Timeout|TLS handshake timeout|deadline exceeded|proxyconnect|server misbehaving|name resolution|connection timed out|connection reset|: EOF|50[234] '

# waiting_images: "NAMESPACE/POD IMAGE WHY" with tabs, for each container that waits for its image. Needs pods.sh of playbooks.
waiting_images() {
  # shellcheck disable=SC2016 # for awk
  pods_with '$1 == "waiting" && ($3 == "ErrImagePull" || $3 == "ImagePullBackOff") { print namespace "/" pod "\t" $2 "\t" $4 }'
}

# pull_events: "NAMESPACE/POD TIME WHY" with tabs.
pull_events() {
  event_lines | awk -F '\t' '$3 == "Warning" && tolower($7) ~ /pull.*image|image pull/ { print $5 "\t" $2 "\t" $7 }'
}

# probe_pulls: pods whose image cannot be fetched, as far as it is because nobody answers. That a container is backing off says
# nothing of why, and the last event of the pod does. Needs pods.sh and events.sh.
probe_pulls() {
  pp_waiting=$(waiting_images 2>&1) || cannot "the pods cannot be asked for: $pp_waiting"
  pp_waiting=$(printf '%s\n' "$pp_waiting" | grep -e '	')
  [ -n "$pp_waiting" ] || return 0
  pp_events=$(pull_events 2>/dev/null)
  pp_found=$({
    printf '%s\n' "$pp_events" | grep -v -i -E '(Back-off pulling image|ImagePullBackOff"?$)' | sort -t '	' -k 1,2 | sed 's/^/E	/'
    printf '%s\n' "$pp_waiting" | sed 's/^/W	/'
  } | awk -F '\t' '
    $1 == "E" && $4 != "" { why[$2] = $4 }
    $1 == "W" {
      told = ($4 ~ /^Back-off pulling image "[^"]*"\.?$/ || $4 == "") && ($2 in why) ? why[$2] : $4
      line = "the pod " $2 " waits for the image " $3 ": " told
      if (!(line in seen)) print line
      seen[line] = 1
    }' | grep -i -E "$UNREACHABLE" | grep -v -e 'HTTP response to HTTPS client' | cut -c 1-500)
  [ -z "$pp_found" ] || differs "$pp_found"
}
