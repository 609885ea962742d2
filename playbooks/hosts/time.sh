# shellcheck shell=sh
# sets_clock: may this host set its clock (capability 25, CAP_SYS_TIME)? A container's clock is the machine's outside.
sets_clock() {
  while read -r sc_key sc_value; do
    [ "$sc_key" = CapEff: ] || continue
    case $sc_value in
      *[2367abef]??????) return 0 ;;
    esac
    return 1
  done </proc/self/status
}

# is_synchronised SERVICE: has it found servers to agree with, so that it corrects the clock?
is_synchronised() {
  case $1 in
    chrony) is_answer=$(chronyc -n tracking 2>&1) ;;
    systemd-timesyncd)
      [ -e /run/systemd/timesync/synchronized ]
      return
      ;;
    openntpd) is_answer=$(ntpctl -s status 2>&1) ;;
    *) is_answer=$(ntpq -c rv 2>&1) ;;
  esac
  case $is_answer in
    *'Leap status'*': Normal'* | *'clock synced'* | *leap_none*) return 0 ;;
  esac
  return 1
}

# wait_for_clock SERVICE SECONDS: tries once in a look.
wait_for_clock() {
  wf_passed=0
  until is_synchronised "$1"; do
    [ "$MODE" = apply ] && [ "$wf_passed" -lt "$2" ] || return 1
    [ "$((wf_passed % 10))" -ne 0 ] || printf 'waiting for %s to find its servers (%s of %s s)\n' "$1" "$wf_passed" "$2"
    sleep 2
    wf_passed=$((wf_passed + 2))
  done
}
