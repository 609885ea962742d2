#!/bin/sh
# Usage: start-host.sh GROUP MACHINE BRIDGE IMAGE FOLDER SHARED VOLUME...
# SHARED (FROM:TO) is a folder of this machine that the host may read.
# Runs one lab host until it is powered off; a reboot inside starts it again. It is called in a mount namespace of its
# own, so that the host's overlay and the bookkeeping of systemd-nspawn vanish together with the last of its processes.
set -eu

prepare() {
  mkdir -p "$folder/root" "$folder/upper"
  # The overlay is volatile (no fsync, which makes package installations fast) and refuses a work folder used before.
  rm -rf "$folder/work"
  mkdir "$folder/work"
  mount -t overlay overlay "$folder/root" \
    -o "lowerdir=$image/root,upperdir=$folder/upper,workdir=$folder/work,volatile,index=off,redirect_dir=off,metacopy=off"
  mkdir -p /run/systemd/nspawn
  mount -t tmpfs -o mode=0755 tmpfs /run/systemd/nspawn
}

# The devices belong to this machine: udev inside would act on them. The clock is this machine's too: reading it is
# free, setting it is refused.
boot() {
  SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes SYSTEMD_NSPAWN_TMPFS_TMP=0 sh "$here/join-cgroup.sh" "$group" \
    systemd-nspawn --directory="$folder/root" --boot --register=no --keep-unit --console=read-only \
    --machine="$machine" --network-bridge="$bridge" \
    --timezone=off --resolv-conf=off --link-journal=no --capability=all \
    --system-call-filter="add_key keyctl bpf request_key" \
    --system-call-filter="~clock_settime clock_settime64 settimeofday stime adjtimex clock_adjtime clock_adjtime64" \
    --bind=/dev/kmsg --bind=/dev/fuse --bind-ro="$shared" "$@" \
    systemd.mask=systemd-udevd.service systemd.mask=systemd-udev-trigger.service \
    systemd.mask=systemd-udevd-control.socket systemd.mask=systemd-udevd-kernel.socket
}

new_volume() {
  [ ! -d "$1" ] || return 0
  mkdir -p "$1"
  [ ! -d "$2" ] || { chmod --reference="$2" "$1" && chown --reference="$2" "$1"; }
}

main() {
  here=$(dirname "$0")
  group=$1 machine=$2 bridge=$3 image=$4 folder=$5 shared=$6
  shift 6
  prepare
  for volume in "$@"; do
    shift
    source=$folder/volumes/$(echo "${volume#/}" | tr / -)
    new_volume "$source" "$image/root$volume"
    set -- "$@" "--bind=$source:$volume"
  done
  while :; do
    # A host that was killed may have left its network cable for a moment.
    ip link delete "vb-$machine" 2>/dev/null || :
    status=0
    boot "$@" || status=$?
    [ "$status" -eq 133 ] || exit "$status"
  done
}

main "$@"
exit
