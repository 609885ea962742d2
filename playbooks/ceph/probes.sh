# shellcheck shell=sh
# How a host, or the cluster that it may ask, shows a pitfall: 0 well, 1 found, with what was seen. They only look.
# Needs the functions of cli.sh.

# asks_cluster: can this host ask? One that cannot has nothing to say of the cluster as a whole.
asks_cluster() {
  have ceph && have jq && [ -r /etc/ceph/ceph.conf ] && [ -r /etc/ceph/ceph.client.admin.keyring ]
}

# tell_evidence TEXT: nothing is well.
tell_evidence() {
  [ -n "$1" ] || return 0
  printf '%s\n' "$1"
  return 1
}

# ---- deploying ----

# probe_deploy_users FOLDER: those who have deployed a cluster from FOLDER/USER/ceph-deploy, and the daemons' own user.
probe_deploy_users() {
  pu_status=0
  pu_shell=$(getent passwd ceph | cut -d: -f7)
  case $pu_shell in
    '' | */nologin | */false) ;;
    *) differs "the user ceph, whom the daemons run as, logs in with $pu_shell" || pu_status=1 ;;
  esac
  for pu_conf in "$1"/*/ceph-deploy/ceph.conf; do
    [ -e "$pu_conf" ] || continue
    pu_user=${pu_conf#"$1/"}
    pu_user=${pu_user%%/*}
    grep -rqsE "^${pu_user}[[:space:]].*NOPASSWD:[[:space:]]*ALL" /etc/sudoers /etc/sudoers.d ||
      differs "$pu_user may not use sudo without a password" || pu_status=1
  done
  return "$pu_status"
}

# probe_deploy_package: the distribution's own ceph-deploy is of before jewel.
probe_deploy_package() {
  have dpkg-query || return 0
  # shellcheck disable=SC2016 # dpkg's own variables
  pp_version=$(dpkg-query -W -f '${db:Status-Abbrev}${Version}' ceph-deploy 2>/dev/null)
  case $pp_version in
    ii*) ;;
    *) return 0 ;;
  esac
  pp_version=${pp_version#??? }
  pp_version=${pp_version#ii}
  ! dpkg --compare-versions "$pp_version" lt 1.5.33 || differs "ceph-deploy ${pp_version# } is installed"
}

# probe_deploy_python FOLDER...: a ceph-deploy that asks this host's Python for what it no longer has.
probe_deploy_python() {
  have python3 || return 0
  python3 -B -I -c 'import platform, sys; sys.exit(hasattr(platform, "linux_distribution"))' || return 0
  pd_status=0
  for pd_folder in "$@"; do
    pd_file=$pd_folder/ceph_deploy/hosts/remotes.py
    grep -qs 'platform\.linux_distribution' "$pd_file" || continue
    grep -qE 'AttributeError|hasattr|getattr' "$pd_file" ||
      differs "$pd_file calls platform.linux_distribution, which this Python has not" || pd_status=1
  done
  return "$pd_status"
}

# file_fsid CONF
file_fsid() {
  [ -r "$1" ] || return 0
  sed -n 's/^[[:space:]]*fsid[[:space:]]*=[[:space:]]*\([0-9A-Fa-f-]*\).*/\1/p' "$1" | sed -n 1p
}

# probe_leftovers CONF OSDS: data of an OSD that belongs to another cluster than the configuration, or to none.
probe_leftovers() {
  pl_status=0
  pl_fsid=$(file_fsid "$1")
  for pl_file in "$2"/ceph-*/ceph_fsid; do
    [ -r "$pl_file" ] || continue
    read -r pl_own <"$pl_file"
    [ "$pl_own" = "$pl_fsid" ] ||
      differs "$pl_file says $pl_own, $1 says ${pl_fsid:-nothing}" || pl_status=1
  done
  return "$pl_status"
}

# ---- OSDs ----

# probe_osd_owner OSDS
probe_osd_owner() {
  getent passwd ceph >/dev/null 2>&1 || return 0
  po_status=0
  for po_folder in "$1"/ceph-*; do
    [ -d "$po_folder" ] || continue
    po_found=$(find -H "$po_folder" -maxdepth 1 ! -user ceph | head -n 3)
    [ -z "$po_found" ] || differs "does not belong to the user ceph: $po_found" || po_status=1
  done
  return "$po_status"
}

# has_key CONF KEY...: does the configuration have one of these keys? Blanks, _ and - are the same to Ceph.
has_key() {
  hk_conf=$1
  shift
  [ -r "$hk_conf" ] || return 1
  for hk_key in "$@"; do
    hk_key=$(printf %s "$hk_key" | sed 's/ /[ _-]/g')
    ! grep -qiE "^[[:space:]]*${hk_key}[[:space:]]*=" "$hk_conf" || return 0
  done
  return 1
}

# probe_osd_names CONF OSDS: a filestore on ext4 without the limits.
probe_osd_names() {
  ! { has_key "$1" 'osd max object name len' && has_key "$1" 'osd max object namespace len'; } || return 0
  pn_status=0
  for pn_folder in "$2"/ceph-*; do
    [ -d "$pn_folder/current" ] || continue
    case $(stat -L -f -c %T "$pn_folder" 2>/dev/null) in
      ext*) differs "$pn_folder is a filestore on ext4, and $1 does not limit the names of objects" || pn_status=1 ;;
    esac
  done
  return "$pn_status"
}

probe_osds_down() {
  asks_cluster || return 0
  pw_told=$(ceph_cmd osd dump -f json 2>/dev/null) || return 0
  tell_evidence "$(printf %s "$pw_told" | jq -r '
    .osds[] | select(.up == 0 or .in == 0)
    | "osd.\(.osd) is \(if .up == 0 then "down" else "up" end) and \(if .in == 0 then "out" else "in" end)"')"
}

# probe_pool_size: placement groups that lack copies while there are fewer hosts with OSDs than copies.
probe_pool_size() {
  asks_cluster || return 0
  ps_told=$(ceph_cmd -s -f json 2>/dev/null) || return 0
  printf %s "$ps_told" | jq -e '[.pgmap.pgs_by_state[]?.state_name] | any(test("undersized"))' >/dev/null || return 0
  ps_tree=$(ceph_cmd osd tree -f json 2>/dev/null) && ps_dump=$(ceph_cmd osd dump -f json 2>/dev/null) || return 0
  ps_hosts=$(printf %s "$ps_tree" | jq '[.nodes[] | select(.type == "host" and (.children | length) > 0)] | length')
  tell_evidence "$(printf %s "$ps_dump" | jq -r --argjson hosts "$ps_hosts" '
    .pools[] | select(.size > $hosts)
    | "the pool \(.pool_name) wants \(.size) copies, and OSDs are on \($hosts) host(s)"')"
}

# ---- clients ----

# probe_admin_key KEYRING: everybody on the host may read it.
probe_admin_key() {
  [ -e "$1" ] || return 0
  case $(stat -L -c %a "$1") in
    *0) ;;
    *) differs "everybody may read $1: $(stat -L -c '%A %U:%G' "$1")" ;;
  esac
}

probe_monitors_answer() {
  asks_cluster || return 0
  pm_told=$(ceph_cmd quorum_status -f json 2>&1) ||
    differs "no monitor answered within 10 s: $(printf '%s\n' "$pm_told" | tail -n 1)"
}

# mappable KERNEL: the features, as the sum of their bits, that its rbd driver knows of those that images get.
mappable() {
  mp_major=${1%%.*}
  mp_minor=${1#*.}
  mp_minor=${mp_minor%%[!0-9]*}
  mp_version=$((mp_major * 1000 + mp_minor))
  if [ "$mp_version" -ge 5003 ]; then
    echo 61
  elif [ "$mp_version" -ge 5001 ]; then
    echo 37
  elif [ "$mp_version" -ge 4009 ]; then
    echo 5
  else
    echo 1
  fi
}

# probe_rbd_features CONF KERNEL: new images have features that this kernel cannot map, or one could not be mapped.
probe_rbd_features() {
  have rbd && [ -r "$1" ] || return 0
  pf_told=$(dmesg 2>/dev/null | grep 'rbd: image .*: image uses unsupported features' | tail -n 3)
  tell_evidence "$pf_told" || return 1
  pf_value=$(sed -n 's/^[[:space:]]*rbd[ _-]default[ _-]features[[:space:]]*=[[:space:]]*\([0-9]*\).*/\1/p' "$1" | tail -n 1)
  pf_value=${pf_value:-61}
  pf_mappable=$(mappable "$2")
  [ $((pf_value | pf_mappable)) -eq "$pf_mappable" ] ||
    differs "new images get the features $pf_value, and the kernel $2 maps those of $pf_mappable"
}

# probe_programs NAME...: does each start?
probe_programs() {
  pr_status=0
  for pr_name in "$@"; do
    have "$pr_name" || continue
    pr_told=$(timeout 20 "$pr_name" --version 2>&1 | grep 'error while loading shared libraries')
    tell_evidence "$pr_told" || pr_status=1
  done
  return "$pr_status"
}

# probe_mds: a file system without a metadata server that serves it.
probe_mds() {
  asks_cluster || return 0
  pd_told=$(ceph_cmd fs dump -f json 2>/dev/null) || return 0
  tell_evidence "$(printf %s "$pd_told" | jq -r '
    .filesystems[]? | .mdsmap
    | select([.info[]? | select(.state == "up:active")] | length == 0)
    | "no metadata server is active for the file system \(.fs_name)"')"
}
