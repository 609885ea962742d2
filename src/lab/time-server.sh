#!/bin/sh
# Usage: time-server.sh IMAGE MOUNT_POINT ADDRESS NETWORK
# Serves this machine's time to the hosts of a lab, and never sets it. Called in a mount namespace of its own.
set -eu

main() {
  image=$1 root=$2 address=$3 network=$4
  mkdir -p "$root"
  mount -t overlay overlay "$root" -o "lowerdir=$image/ntp:$image/root,index=off"
  mount -t tmpfs tmpfs "$root/run"
  mount --rbind /dev "$root/dev"
  exec chroot "$root" /usr/sbin/chronyd -x -d -u root \
    "bindaddress $address" "allow $network" 'local stratum 8' 'cmdport 0' 'bindcmdaddress /' 'pidfile /run/chronyd.pid'
}

main "$@"
exit
