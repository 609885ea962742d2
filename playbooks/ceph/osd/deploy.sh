# shellcheck shell=sh
# OSDs that ceph-deploy makes: what the admin host sees of them. Needs cli.sh.

# disk_of DEVICE: the name of the disk that it is, or is on, as the kernel and so the OSDs call it: sdb.
disk_of() {
  do_names=$(lsblk -nro PKNAME,KNAME "$1" | sed -n 1p)
  printf '%s\n' "${do_names%% *}" | grep . || printf '%s\n' "${do_names##* }"
}

# on_disk HOST DISK: is an OSD there, by what the OSDs told of themselves (JSON on standard input)?
on_disk() {
  jq -e -s --arg host "$1" --arg disk "$2" '.[0] | any(.[];
    .hostname == $host and ([.devices, .bluestore_bdev_dev_node, .backend_filestore_dev_node]
      | map(select(. != null) | split(",")) | add // [] | any(.[]; . == $disk)))' >/dev/null
}

# check_deployed HOST DISK
check_deployed() {
  has_quorum || differs 'the monitors do not answer yet' || return
  cd_told=$(ceph_cmd osd metadata -f json) || cannot 'the cluster does not tell about its OSDs'
  printf '%s\n' "$cd_told" | on_disk "$1" "$2" || differs "$1: there is no OSD on $2; ceph-deploy makes one"
}
