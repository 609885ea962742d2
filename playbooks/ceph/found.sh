# shellcheck shell=sh
# What an earlier attempt, or the cluster itself, has left on this host.

# fsid_of CONF: as the file says it; nothing when it says none.
fsid_of() {
  [ -r "$1" ] || return 0
  sed -n 's/^[[:space:]]*fsid[[:space:]]*=[[:space:]]*\([0-9A-Fa-f-]*\).*/\1/p' "$1" | sed -n 1p
}

# tell_found WORK DIRECTORY...: a line for each trace: "conf FSID", "work FSID" (where the cluster was deployed from),
# "mon" (data of a monitor), "osd DIRECTORY FSID".
tell_found() {
  tf_fsid=$(fsid_of /etc/ceph/ceph.conf)
  [ -z "$tf_fsid" ] || printf 'conf %s\n' "$tf_fsid"
  tf_fsid=$(fsid_of "$1/ceph.conf")
  [ -z "$tf_fsid" ] || printf 'work %s\n' "$tf_fsid"
  for tf_store in /var/lib/ceph/mon/ceph-*/store.db; do
    [ ! -e "$tf_store" ] || echo mon
  done
  shift
  for tf_folder in "$@"; do
    [ -r "$tf_folder/ceph_fsid" ] || continue
    read -r tf_fsid <"$tf_folder/ceph_fsid"
    printf 'osd %s %s\n' "$tf_folder" "$tf_fsid"
  done
}
