#!/bin/sh
# Usage: compare-host.sh IMAGE BEFORE AFTER MOUNT_POINT
# Shows a host's whole file system as it was in the folder BEFORE and as it is in AFTER, below MOUNT_POINT, until its
# standard input ends. Called in a mount namespace of its own, through which others look.
set -eu

main() {
  image=$1 before=$2 after=$3 mount_point=$4
  mount -t tmpfs tmpfs "$mount_point"
  mkdir "$mount_point/before" "$mount_point/after"
  for side in before after; do
    folder=$before
    [ "$side" = before ] || folder=$after
    mount -t overlay overlay "$mount_point/$side" \
      -o "ro,lowerdir=$folder/upper:$image/root,index=off,redirect_dir=off,metacopy=off"
  done
  echo ready
  cat >/dev/null
}

main "$@"
exit
