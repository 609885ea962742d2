# shellcheck shell=sh

# apply_service UNIT ENABLED RUNNING
apply_service() {
  if runs_systemd; then
    apply_systemd_service "$@"
  else
    apply_sysv_service "${1%.service}" "$2" "$3"
  fi
}

apply_systemd_service() {
  reload_units "$1"
  if [ "$2$3" != nono ]; then
    unmask_unit "$1"
  fi
  if [ "$2" = yes ]; then
    systemctl enable -- "$1" || return 2
  else
    systemctl disable -- "$1" || return 2
  fi
  if [ "$3" = no ]; then
    systemctl stop -- "$1" || explain_unit "$1"
    return
  fi
  ! systemctl -q is-active -- "$1" || return 0
  # A service that failed too often may not be started for a while.
  systemctl reset-failed -- "$1" 2>/dev/null
  { systemctl start -- "$1" && stays_active "$1"; } || explain_unit "$1"
}

# By the operator, or left by an installation that was killed.
unmask_unit() {
  read_unit "$1" LoadState
  case $UNIT_TOLD in
    *LoadState=masked*) ;;
    *) return 0 ;;
  esac
  systemctl unmask -- "$1"
  systemctl unmask --runtime -- "$1"
}

apply_sysv_service() {
  if [ -f "/etc/init/$1.conf" ]; then
    enable_upstart_job "$1" "$2" || return 2
  elif [ "$2" = yes ]; then
    update-rc.d "$1" defaults && update-rc.d "$1" enable || return 2
  else
    update-rc.d "$1" disable || return 2
  fi
  read_sysv_service "$1"
  [ "$SERVICE_RUNNING" != "$3" ] || return 0
  if [ "$3" = yes ]; then
    service "$1" start
  else
    service "$1" stop
  fi
}

enable_upstart_job() {
  eu_file=/etc/init/$1.override
  read_text "$eu_file"
  if [ "$2" = no ]; then
    printf '%smanual\n' "$TEXT" | replace_file "$eu_file" '' '' ''
  elif [ -n "$TEXT" ]; then
    printf %s "$TEXT" | sed '/^manual/d' | replace_file "$eu_file" '' '' ''
  fi
}
