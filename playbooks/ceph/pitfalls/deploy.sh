# shellcheck shell=sh
# Deploying with ceph-deploy. Needs common.sh.

# ---- ceph-deploy-user ----

# login_shell: of the user whom the daemons run as; nothing when nobody can log in as that one.
login_shell() {
  ls_shell=$(getent passwd ceph | cut -d: -f7)
  case $ls_shell in
    */nologin | */false) ;;
    *) printf '%s' "$ls_shell" ;;
  esac
}

probe_daemon_user() {
  pd_shell=$(login_shell)
  [ -z "$pd_shell" ] || differs "the user ceph, whom the daemons run as, logs in with $pd_shell"
}

cure_daemon_user() {
  [ -z "$(login_shell)" ] || propose 'nobody logs in as the user ceph' 'usermod -s /usr/sbin/nologin ceph'
}

# probe_deploy_user CONF USER: can the one who deploys be logged in as, and become root? While there is no CONF nothing was
# deployed to this host.
probe_deploy_user() {
  [ -s "$1" ] || return 0
  pu_home=$(getent passwd "$2" | cut -d: -f6)
  [ -n "$pu_home" ] || differs "there is no user $2, as whom ceph-deploy logs in" || return 1
  pu_status=0
  [ -s "$pu_home/.ssh/authorized_keys" ] || differs "no key may log in as $2: $pu_home/.ssh/authorized_keys is empty or missing" || pu_status=1
  may_become_root "$2" || pu_status=1
  return "$pu_status"
}

# may_become_root USER: of the rules of sudo the last one that fits decides.
may_become_root() {
  have sudo || differs "sudo is not installed, by which $1 becomes root" || return 1
  mb_told=$(timeout 10 sudo -n -l -U "$1" 2>&1) || [ -n "$mb_told" ] || cannot "sudo does not tell what $1 may do"
  mb_rule=$(printf '%s\n' "$mb_told" | grep -E '^ +\(.*ALL$' | tail -n 1)
  case $mb_rule in
    *NOPASSWD:*) ;;
    *) differs "$1 may not use sudo without a password" || return 1 ;;
  esac
  ! printf '%s\n' "$mb_told" | grep -qE '(^|[ ,])requiretty(,|$)' || differs "sudo wants a terminal of $1 (requiretty)"
}

# probe_deploy_access CONF USER HOST...: on the admin host: the key to log in with, and the hosts that are known.
probe_deploy_access() {
  [ -s "$1" ] || return 0
  pa_user=$2
  pa_home=$(getent passwd "$2" | cut -d: -f6)
  [ -n "$pa_home" ] || return 0
  shift 2
  pa_status=0
  [ -s "$pa_home/.ssh/id_ed25519" ] || differs "$pa_user has no key to log in with: $pa_home/.ssh/id_ed25519 is missing" || pa_status=1
  for pa_host in "$@"; do
    grep -qsE -e "(^|,)(\\[${pa_host}\\]|${pa_host}[, ])" "$pa_home/.ssh/known_hosts" ||
      differs "$pa_home/.ssh/known_hosts does not know $pa_host" || pa_status=1
  done
  return "$pa_status"
}

# ---- ceph-deploy-too-old ----

# package_version NAME: of a package that is installed.
package_version() {
  # shellcheck disable=SC2016 # dpkg's own variables
  pv_told=$(dpkg-query -W -f '${db:Status-Abbrev}|${Version}' "$1" 2>/dev/null)
  case $pv_told in
    ii*) printf '%s\n' "${pv_told#*|}" ;;
  esac
}

# least_deploy RELEASE: the oldest ceph-deploy that knows what this release wants: managers since luminous, ceph-volume since
# nautilus. RELEASE is the first number of a version of Ceph.
least_deploy() {
  if [ "$1" -ge 14 ]; then
    echo 2.0.0
  elif [ "$1" -ge 12 ]; then
    echo 1.5.38
  else
    echo 1.5.33
  fi
}

# is_before VERSION OTHER: by the first three numbers of both, without what a distribution adds.
is_before() {
  printf '%s\n%s\n' "${1#*:}" "$2" | awk -F '[.+~-]' '{ rank = $1 * 1000000 + $2 * 1000 + $3 } NR == 1 { first = rank } END { exit !(first < rank) }'
}

# old_deploy: the version of the package ceph-deploy when it is too old for the Ceph that is installed.
old_deploy() {
  have dpkg-query || return 0
  od_version=$(package_version ceph-deploy)
  [ -n "$od_version" ] || return 0
  od_ceph=$(package_version ceph-common)
  od_ceph=${od_ceph#*:}
  od_ceph=${od_ceph%%.*}
  case $od_ceph in
    '' | *[!0-9]*) od_ceph=10 ;;
  esac
  ! is_before "$od_version" "$(least_deploy "$od_ceph")" || printf '%s\n' "$od_version"
}

probe_deploy_package() {
  pp_version=$(old_deploy)
  [ -z "$pp_version" ] || differs "the package ceph-deploy $pp_version is installed"
}

cure_deploy_package() {
  [ -z "$(old_deploy)" ] || propose 'remove the package ceph-deploy' 'DEBIAN_FRONTEND=noninteractive apt-get remove -y ceph-deploy'
}

# ---- ceph-deploy-python38 ----

# old_python_files FOLDER...: files of ceph-deploy that ask this host's Python for what it no longer has.
old_python_files() {
  op_files=
  for op_folder in "$@"; do
    op_file=$op_folder/ceph_deploy/hosts/remotes.py
    grep -qs 'platform\.linux_distribution' "$op_file" || continue
    grep -qE 'AttributeError|hasattr|getattr' "$op_file" || op_files=$op_files$op_file$NL
  done
  [ -n "$op_files" ] && have python3 || return 0
  python3 -B -I -c 'import platform, sys; sys.exit(hasattr(platform, "linux_distribution"))' || return 0
  printf %s "$op_files"
}

# probe_deploy_python FOLDER...
probe_deploy_python() {
  tell_evidence "$(old_python_files "$@" | sed 's/$/ calls platform.linux_distribution, which this Python has not/')"
}

# cure_deploy_python ORIGINAL CHANGE FOLDER...: only the file that was released is changed, which is known by its SHA-256.
cure_deploy_python() {
  cp_original=$1 cp_change=$2
  shift 2
  old_python_files "$@" | while IFS= read -r cp_file; do
    if has_content "$cp_file" "$cp_original"; then
      propose "change $cp_file so that it works with this Python" "sed -i -e $(quoted "$cp_change") $(quoted "$cp_file")"
    else
      refuse "$cp_file is not the file of ceph-deploy 2.0.1 that provision knows how to change. Remove that ceph-deploy; provision stage ceph brings one that works, and ceph.installer: packages needs none."
    fi
  done
}

# ---- ceph-leftovers ----

# probe_leftovers CONF WORK LINKS DIRECTORY...: data of an OSD, or a folder that a cluster was deployed from, that belongs to
# another cluster than the configuration, or to none.
probe_leftovers() {
  pl_status=0 pl_conf=$1 pl_work=$2
  pl_fsid=$(conf_fsid "$1")
  shift 2
  pl_own=$(conf_fsid "$pl_work")
  [ -z "$pl_own" ] || [ -z "$pl_fsid" ] || [ "$pl_own" = "$pl_fsid" ] ||
    differs "$pl_work says $pl_own, $pl_conf says $pl_fsid" || pl_status=1
  while IFS= read -r pl_folder; do
    [ -n "$pl_folder" ] && [ -r "$pl_folder/ceph_fsid" ] || continue
    IFS= read -r pl_own <"$pl_folder/ceph_fsid"
    [ "$pl_own" = "$pl_fsid" ] ||
      differs "$pl_folder/ceph_fsid says $pl_own, $pl_conf says ${pl_fsid:-nothing}" || pl_status=1
  done <<FOLDERS
$(osd_folders "$@")
FOLDERS
  return "$pl_status"
}
