# shellcheck shell=sh
# Listeners for ports that nobody serves yet, and the tries to reach those of other hosts. The listeners are one transient
# unit, which ends by itself.
UNIT=provision-listen
LISTENERS=/run/provision/listen

# are_listening: is the unit there? Its file is there as long as the unit is.
are_listening() {
  [ -e "/run/systemd/transient/$UNIT.service" ]
}

# will_listen: for long enough that every host can try? What a broken run left ends soon.
will_listen() {
  are_listening && [ -n "$(find "$LISTENERS/program" -mmin -1 2>/dev/null)" ]
}

# start_listeners SECONDS ADDRESS PROTOCOL/PORT...
start_listeners() {
  have socat || cannot 'socat is missing'
  stop_listeners
  mkdir -p "$LISTENERS" || return 2
  # A file, because systemd would take what a command line has after a $ for its own.
  # shellcheck disable=SC2016 # for the unit's own shell
  printf '%s\n' '
    address=$1 folder=$2
    shift 2
    case $address in
      *:*) family=6 address="[$address]" ;;
      *) family=4 ;;
    esac
    # Before 1.8 a socat that forks for each packet can miss the signal of its child that the packet is taken, and then waits for ever.
    echo_packets() {
      while :; do
        timeout 2 socat "UDP$family-RECVFROM:$1,bind=$address,fork" PIPE
        sleep 0.1 2>/dev/null || sleep 1
      done
    }
    for each in "$@"; do
      case $each in
        tcp/*) socat -u "TCP$family-LISTEN:${each#*/},bind=$address,reuseaddr,fork,max-children=64" OPEN:/dev/null ;;
        udp/*) echo_packets "${each#*/}" ;;
      esac >"$folder/${each%/*}-${each#*/}" 2>&1 &
    done
    wait
    exec sleep 1000000' >"$LISTENERS/program"
  sl_seconds=$1 sl_address=$2
  shift 2
  set -- timeout "$sl_seconds" /bin/sh "$LISTENERS/program" "$sl_address" "$LISTENERS" "$@"
  systemd-run --quiet --collect --unit="$UNIT" "$@" </dev/null >/dev/null 2>&1 ||
    systemd-run --quiet --unit="$UNIT" "$@" </dev/null || return 2
  sleep 0.5 2>/dev/null || sleep 1
}

stop_listeners() {
  if are_listening; then
    systemctl stop "$UNIT.service"
    systemctl reset-failed "$UNIT.service" 2>/dev/null
  fi
  rm -rf "$LISTENERS"
}

# tell_served: the UDP ports that a service of this host has already: no listener of ours could answer there.
tell_served() {
  for ts_file in "$LISTENERS"/udp-*; do
    [ -s "$ts_file" ] || continue
    grep -q 'Address already in use' "$ts_file" && printf '%s\n' "${ts_file##*/udp-}"
  done
  return 0
}

# try_way FILE PROTOCOL NAME ADDRESS PORT PURPOSE: writes a sentence to FILE when the port cannot be reached.
try_way() {
  tw_target=$4:$5
  case $4 in
    *:*) tw_target="[$4]:$5" ;;
  esac
  for tw_try in 1 2 3; do
    if [ "$2" = tcp ]; then
      tw_answer=$(socat -u OPEN:/dev/null "TCP:$tw_target,connect-timeout=3" 2>&1) && return 0
    else
      tw_answer=$(printf 'provision\n' | socat -t 1 -T 1 - "UDP:$tw_target" 2>&1)
      [ "$tw_answer" != provision ] || return 0
    fi
    [ "$tw_try" = 3 ] || sleep 1
  done
  case $tw_answer in
    *' refused'*) tw_why='the connection is refused' ;;
    *'o route to host'* | *'etwork is unreachable'*) tw_why='there is no route' ;;
    *) tw_why='no answer' ;;
  esac
  printf '%s cannot reach %s (%s) on %s/%s, %s: %s\n' "$HOST" "$3" "$4" "$5" "$2" "$6" "$tw_why" >"$1"
}
