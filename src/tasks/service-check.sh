# shellcheck shell=sh

# check_service UNIT ENABLED RUNNING: "yes" or "no" each.
check_service() {
  cs_status=0
  if runs_systemd; then
    read_systemd_service "$1"
  else
    read_sysv_service "${1%.service}"
  fi
  if [ "$SERVICE_FOUND" = no ]; then
    [ "$2$3" = nono ] || differs "$1: this host has no such service"
    return
  fi
  [ "$SERVICE_ENABLED" = any ] || [ "$SERVICE_ENABLED" = "$2" ] || differs "$1 $SERVICE_START" || cs_status=1
  [ "$SERVICE_RUNNING" = "$3" ] || differs "$1 is $SERVICE_STATE" || cs_status=1
  return "$cs_status"
}

# Both tell: $SERVICE_FOUND; $SERVICE_ENABLED (yes, no or any), $SERVICE_START says how; $SERVICE_RUNNING, $SERVICE_STATE.

read_systemd_service() {
  read_unit "$1" LoadState,ActiveState,SubState,UnitFileState
  unit_property LoadState
  SERVICE_FOUND=yes
  [ "$VALUE" != not-found ] || SERVICE_FOUND=no
  unit_property SubState
  SERVICE_STATE=$VALUE
  unit_property ActiveState
  SERVICE_STATE="$VALUE ($SERVICE_STATE)"
  SERVICE_RUNNING=no
  case $VALUE in
    active | reloading | refreshing) SERVICE_RUNNING=yes ;;
  esac
  unit_property UnitFileState
  case $VALUE in
    # The unit comes from a script in /etc/init.d.
    '' | generated | bad) VALUE=$(systemctl is-enabled -- "$1" 2>/dev/null) ;;
  esac
  SERVICE_START="does not start with the host (it is $VALUE)"
  case $VALUE in
    enabled | alias) SERVICE_ENABLED=yes SERVICE_START='starts with the host' ;;
    static | indirect) SERVICE_ENABLED=any ;;
    *) SERVICE_ENABLED=no ;;
  esac
}

# Ubuntu 14.04: upstart jobs, and scripts in /etc/init.d.
read_sysv_service() {
  SERVICE_FOUND=yes SERVICE_ENABLED=no SERVICE_RUNNING=no SERVICE_STATE=stopped
  SERVICE_START='does not start with the host'
  if [ -f "/etc/init/$1.conf" ]; then
    grep -q '^manual' "/etc/init/$1.override" 2>/dev/null || SERVICE_ENABLED=yes
  elif [ -f "/etc/init.d/$1" ]; then
    for rs_link in /etc/rc2.d/S[0-9][0-9]"$1"; do
      [ ! -e "$rs_link" ] || SERVICE_ENABLED=yes
    done
  else
    SERVICE_FOUND=no
    return
  fi
  [ "$SERVICE_ENABLED" = no ] || SERVICE_START='starts with the host'
  # An upstart job that is stopped has a status of 0.
  if rs_told=$(service "$1" status 2>&1); then
    SERVICE_RUNNING=yes SERVICE_STATE=running
  fi
  case $rs_told in
    *stop/*) SERVICE_RUNNING=no SERVICE_STATE=stopped ;;
  esac
}
