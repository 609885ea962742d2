# shellcheck shell=sh
# What the pitfalls of this stage have in common. Probes: 0 well, 1 found, with what was seen; they only look. Cures: see cure.sh
# of doctor. Needs the functions of ../told.sh.

# not_understood: ends the script.
not_understood() {
  cannot 'what the cluster answered could not be understood; is jq 1.5 or newer?'
}

# runs_systemd: is systemd what starts the services of this host?
runs_systemd() {
  [ -d /run/systemd/system ]
}

# conf_fsid CONF
conf_fsid() {
  [ -r "$1" ] || return 0
  sed -n 's/^[[:space:]]*fsid[[:space:]]*=[[:space:]]*\([0-9A-Fa-f-]*\).*/\1/p' "$1" | sed -n 1p
}

# shellcheck disable=SC2034 # for those who call it
# daemon_state KIND ID: as $DAEMON: "active", or what systemd or upstart say otherwise.
daemon_state() {
  if runs_systemd; then
    DAEMON=$(systemctl is-active "ceph-$1@$2.service" 2>/dev/null)
    return
  fi
  DAEMON=stopped
  ! have initctl || case $(initctl status "ceph-$1" cluster=ceph id="$2" 2>/dev/null) in
    *start/running*) DAEMON=active ;;
  esac
}

# is_enabled KIND ID: does it start with the host?
is_enabled() {
  runs_systemd || return 0
  systemctl -q is-enabled "ceph-$1@$2.service" 2>/dev/null
}

# start_command KIND ID: the command that starts it, now and with the host. One that failed a few times is not started for
# half an hour unless that is forgotten.
start_command() {
  if runs_systemd; then
    sc_unit=$(quoted "ceph-$1@$2.service")
    printf '{ systemctl reset-failed %s 2>/dev/null || :; } && systemctl enable -q %s && systemctl start %s' "$sc_unit" "$sc_unit" "$sc_unit"
  else
    printf 'initctl start %s cluster=ceph %s' "$(quoted "ceph-$1")" "$(quoted "id=$2")"
  fi
}

# program_is_damaged NAME: does it not start for want of a library? That is ceph-libicu, and what follows from it is nothing else.
program_is_damaged() {
  have "$1" && timeout 20 "$1" --version 2>&1 | grep -q 'error while loading shared libraries'
}
