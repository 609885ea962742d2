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
  # systemd does not always notice that there is a new unit file or the first drop-in.
  systemctl daemon-reload || return 2
  [ "$2$3" = nono ] || unmask_unit "$1" || return 2
  read_systemd_service "$1"
  case $SERVICE_ENABLED$2 in
    noyes) systemctl enable -- "$1" || return 2 ;;
    yesno) systemctl disable -- "$1" || return 2 ;;
  esac
  case $SERVICE_RUNNING$3 in
    yesno) systemctl stop -- "$1" || explain_unit "$1" ;;
    noyes)
      # A service that failed too often may not be started for a while.
      systemctl reset-failed -- "$1" 2>/dev/null
      { systemctl start -- "$1" && stays_active "$1"; } || explain_unit "$1"
      ;;
  esac
}

# What was masked by hand is to run now.
unmask_unit() {
  read_unit "$1" LoadState
  case $UNIT_TOLD in
    *LoadState=masked*) ;;
    *) return 0 ;;
  esac
  systemctl unmask -- "$1" && systemctl unmask --runtime -- "$1"
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
  if [ "$2" = no ]; then
    { sed '/^manual/d' "$eu_file" 2>/dev/null; echo manual; } | replace_file "$eu_file" '' '' ''
  elif [ -e "$eu_file" ]; then
    sed '/^manual/d' "$eu_file" | replace_file "$eu_file" '' '' ''
  fi
}
