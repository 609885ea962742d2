# shellcheck shell=sh
# Daemons of this host that have been made. Needs unit.sh, service-check.sh, and unit-apply.sh for starting.

# is_made KIND NAME: was it made whole? Where it was cut, the admin host makes it again.
is_made() {
  [ -s "/var/lib/ceph/$1/ceph-$2/keyring" ] || return 1
  [ ! -e "/var/lib/ceph/$1/ceph-$2/done" ] || return 0
  systemctl -q is-enabled "ceph-$1@$2.service" 2>/dev/null
}

# has_target KIND: one daemon starts with the host only when what groups them does.
has_target() {
  for ht_link in /etc/systemd/system/*.wants/"ceph-$1.target"; do
    [ ! -e "$ht_link" ] || return 0
  done
  return 1
}

# check_daemon KIND NAME
check_daemon() {
  runs_systemd && is_made "$1" "$2" || return 0
  cd_status=0
  check_service "ceph-$1@$2.service" yes yes || cd_status=1
  has_target "$1" || differs "ceph-$1.target does not start with the host" || cd_status=1
  return "$cd_status"
}

# start_daemon KIND NAME
start_daemon() {
  sd_unit=ceph-$1@$2.service
  systemctl -q unmask "$sd_unit" && systemctl -q enable ceph.target "ceph-$1.target" "$sd_unit" || return 2
  read_systemd_service "$sd_unit"
  if [ "$SERVICE_RUNNING" = no ]; then
    # One that failed a few times is not started for half an hour.
    systemctl reset-failed "$sd_unit" 2>/dev/null
    if ! systemctl start "$sd_unit" || ! stays_active "$sd_unit"; then
      explain_unit "$sd_unit"
      tail -n 15 "/var/log/ceph/ceph-$1.$2.log" 2>/dev/null
      return 2
    fi
  fi
  # What comes later asks the cluster. Alone it may never have an answer, so this is no failure.
  wait_until 60 "$1.$2 to take part" "takes_part_$1" "$2" || printf '%s.%s runs, and does not take part yet\n' "$1" "$2"
}

# -s in what follows: jq 1.6 takes no answer at all for a yes.

# One that has never had a quorum may wait for monitors that are yet to be made.
takes_part_mon() {
  timeout 10 ceph --admin-daemon "/var/run/ceph/ceph-mon.$1.asok" mon_status 2>/dev/null |
    jq -e -s '.[0] | .state == "leader" or .state == "peon" or .monmap.epoch == 0' >/dev/null
}

takes_part_mgr() {
  ask_as mgr "$1" mgr dump | jq -e -s --arg name "$1" '.[0] | [.active_name, .standbys[]?.name] | index($name)' >/dev/null
}

takes_part_mds() {
  ask_as mds "$1" fs dump | jq -e -s --arg name "$1" '.[0] | [(.standbys[]?, .filesystems[]?.mdsmap.info[]?) | .name] | index($name)' >/dev/null
}

# ask_as KIND NAME WORDS...: asks the cluster as this daemon.
ask_as() (
  CEPH_ARGS="--keyring /var/lib/ceph/$1/ceph-$2/keyring"
  export CEPH_ARGS
  aa_name=$1.$2
  shift 2
  ceph_cmd -n "$aa_name" "$@" -f json 2>/dev/null
)
