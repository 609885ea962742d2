# shellcheck shell=sh
# Daemons of this host. Needs unit.sh, service-check.sh, and has_target.

# check_running KIND NAME
check_running() {
  cr_status=0
  check_service "ceph-$1@$2.service" yes yes || cr_status=1
  has_target "$1" || differs "ceph-$1.target does not start with the host" || cr_status=1
  return "$cr_status"
}
