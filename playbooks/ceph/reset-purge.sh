# shellcheck shell=sh
# Purging with the ceph-deploy that deployed.

# find_ceph_deploy: the program; nothing when it is not here.
find_ceph_deploy() {
  for fc_program in /opt/*/bin/ceph-deploy /usr/local/bin/ceph-deploy /usr/bin/ceph-deploy; do
    if [ -x "$fc_program" ]; then
      printf '%s\n' "$fc_program"
      return 0
    fi
  done
}

# ceph_deploy_as USER FOLDER WORDS...
ceph_deploy_as() {
  cd_user=$1 cd_folder=$2
  shift 2
  printf 'ceph-deploy %s\n' "$*"
  # shellcheck disable=SC2016 # for the inner shell
  timeout -k 10 1500 sudo -n -H -u "$cd_user" -- sh -c 'cd "$1" && shift && exec "$@"' sh "$cd_folder" "$(find_ceph_deploy)" "$@" </dev/null
}

# purge_hosts USER FOLDER HOST...: the packages first, because purgedata refuses while there are any.
purge_hosts() {
  ph_user=$1 ph_folder=$2
  shift 2
  ceph_deploy_as "$ph_user" "$ph_folder" purge "$@" && ceph_deploy_as "$ph_user" "$ph_folder" purgedata "$@" ||
    printf 'ceph-deploy did not purge all; what it left is removed host by host, its packages stay\n'
  ceph_deploy_as "$ph_user" "$ph_folder" forgetkeys
}
