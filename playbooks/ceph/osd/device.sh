# shellcheck shell=sh
# OSDs on devices. The tags that ceph-volume gives to its logical volume tell whose a device is; they are read by lvs and pvs
# themselves, because ceph-volume writes a log even when it only lists.

# read_tags DEVICE: the tags of the logical volumes on it, or of it, one a line.
read_tags() {
  have lvs || return 0
  case $(lsblk -dnro TYPE "$1" 2>/dev/null) in
    lvm) lvs --readonly --noheadings -o lv_tags "$1" 2>/dev/null ;;
    *) pvs --readonly --noheadings -o lv_tags "$1" 2>/dev/null ;;
  esac
}

# shellcheck disable=SC2034 # for those who call it
# read_volume: the OSD that the tags on standard input tell: $OSD_CLUSTER, $OSD_UUID, $OSD_ID; empty when they tell none.
read_volume() {
  OSD_CLUSTER='' OSD_UUID='' OSD_ID=''
  while IFS= read -r rv_tags; do
    case $rv_tags in
      *ceph.type=block* | *ceph.type=data*) ;;
      *) continue ;;
    esac
    rv_tags=${rv_tags#"${rv_tags%%[! ]*}"},
    while [ -n "$rv_tags" ]; do
      rv_tag=${rv_tags%%,*} rv_tags=${rv_tags#*,}
      case $rv_tag in
        ceph.cluster_fsid=*) OSD_CLUSTER=${rv_tag#*=} ;;
        ceph.osd_fsid=*) OSD_UUID=${rv_tag#*=} ;;
        ceph.osd_id=*) OSD_ID=${rv_tag#*=} ;;
      esac
    done
  done
}

# shellcheck disable=SC2034 # for those who call it
# read_disk DEVICE: the OSD that ceph-disk (before luminous) made on its first partition, and that is mounted.
read_disk() {
  OSD_CLUSTER='' OSD_UUID='' OSD_ID=''
  while read -r rd_device rd_point _; do
    case $rd_device in
      "$1" | "$1"1 | "$1"p1) ;;
      *) continue ;;
    esac
    case $rd_point in
      /var/lib/ceph/osd/ceph-*) read_osd "$rd_point" ;;
    esac
  done </proc/self/mounts
}

# read_device DEVICE WITH: WITH is "volume" (ceph-volume) or "disk" (ceph-disk).
read_device() {
  if [ "$2" = disk ]; then
    read_disk "$1"
    return
  fi
  rv_all=$(read_tags "$1")
  read_volume <<TAGS
$rv_all
TAGS
}

# used_for DEVICE: what it is in use for, as $USE; empty when it is free. Nothing is ever taken off a device.
used_for() {
  USE=
  uf_rest=$(lsblk -nro NAME,TYPE,MOUNTPOINT "$1" 2>&1) || cannot "lsblk does not tell about $1: $uf_rest"
  uf_first=yes
  while read -r uf_name uf_type uf_point; do
    [ -z "$uf_point" ] || USE="it is mounted on $uf_point"
    [ "$uf_first" = yes ] || [ -n "$USE" ] || USE="it holds $uf_name ($uf_type)"
    uf_first=no
  done <<LIST
$uf_rest
LIST
  [ -z "$USE" ] || return 0
  uf_type=$(blkid -p -o value -s TYPE "$1" 2>/dev/null)
  [ -z "$uf_type" ] || USE="there is a file system or volume on it ($uf_type)"
  uf_type=$(blkid -p -o value -s PTTYPE "$1" 2>/dev/null)
  [ -z "$uf_type" ] || USE="${USE:-there is a partition table on it ($uf_type)}"
}

# check_device DEVICE CLUSTER WITH: is it an OSD of this cluster, or free to become one?
check_device() {
  [ -b "$1" ] || cannot "$1 is not a block device of this host"
  read_device "$1" "$3"
  if [ -n "$OSD_CLUSTER" ]; then
    [ -z "$2" ] || [ "$OSD_CLUSTER" = "$2" ] ||
      cannot "$1 holds an OSD of another cluster (pitfall ceph-leftovers): its fsid is $OSD_CLUSTER, that of this cluster is $2. Nothing on it is touched. If it is not needed any more: provision reset --stage ceph --host $(uname -n)"
    return 0
  fi
  used_for "$1"
  [ -z "$USE" ] ||
    cannot "$1 is not free: $USE. Nothing on it is touched. Name another device in the inventory; if all on this one may be lost, empty it by hand: wipefs --all $1"
}

# check_volume DEVICE WITH: was an OSD made on it?
check_volume() {
  read_device "$1" "$2"
  [ -n "$OSD_ID" ] || differs "$1: an OSD is made here, and takes the whole device"
}

# make_volume DEVICE WITH
make_volume() {
  used_for "$1"
  [ -z "$USE" ] || differs "$1 is not free: $USE" || return 2
  if [ "$2" = volume ]; then
    ceph-volume --cluster ceph lvm create --bluestore --data "$1"
    return
  fi
  ceph-disk -v prepare --cluster ceph --fs-type xfs "$1" || return 2
  mv_part=${1}1
  [ -b "$mv_part" ] || mv_part=${1}p1
  ceph-disk -v activate "$mv_part"
}

# activate_volume WITH: the OSD that was read is where its daemon looks for it.
activate_volume() {
  if [ "$1" = volume ] && [ ! -e "/var/lib/ceph/osd/ceph-$OSD_ID/whoami" ]; then
    ceph-volume --cluster ceph lvm activate --no-systemd "$OSD_ID" "$OSD_UUID" || return 2
    systemctl enable "ceph-volume@lvm-$OSD_ID-$OSD_UUID.service"
  fi
}
