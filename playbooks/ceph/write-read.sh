# shellcheck shell=sh
# Data is written and read again. Needs ask.sh. What is made is called provision-proof; what a run that was killed has left
# is removed first.
PROOF=provision-proof
PROOF_FOLDER=/run/provision/ceph-proof

# begin_proof: an empty folder for files, gone at the end in any case.
begin_proof() {
  end_proof
  (umask 077 && mkdir -p "$PROOF_FOLDER/mount") || return 2
  trap end_proof EXIT
  trap 'exit 143' TERM INT HUP
  dd if=/dev/urandom of="$PROOF_FOLDER/written" bs=65536 count=4 2>/dev/null
}

end_proof() {
  if is_mounted; then
    fusermount -u "$PROOF_FOLDER/mount" 2>/dev/null || umount "$PROOF_FOLDER/mount" 2>/dev/null ||
      umount -l "$PROOF_FOLDER/mount"
  fi
  # Never into a file system that could not be unmounted.
  is_mounted || rm -rf "$PROOF_FOLDER"
}

is_mounted() {
  grep -q " $PROOF_FOLDER/mount " /proc/mounts
}

# same_bytes WHAT: is what was read what was written?
same_bytes() {
  cmp -s "$PROOF_FOLDER/written" "$PROOF_FOLDER/read" || differs "$1 did not give back the bytes that were written"
}

# prove_rados POOL
prove_rados() {
  echo "writing and reading an object in the pool $1"
  rados_in "$1" put "$PROOF" "$PROOF_FOLDER/written" || differs "no object can be written to the pool $1" || return 1
  rados_in "$1" get "$PROOF" "$PROOF_FOLDER/read" || differs "the object in the pool $1 cannot be read" || return 1
  same_bytes "the pool $1" || return 1
  rados_in "$1" rm "$PROOF" || differs "the object in the pool $1 cannot be removed"
}

# rados_in POOL WORDS...
rados_in() {
  ri_pool=$1
  shift
  timeout -k 5 90 rados --client_mount_timeout 10 --rados_osd_op_timeout 60 -p "$ri_pool" "$@"
}

# prove_rbd POOL
prove_rbd() {
  pr_image=$1/$PROOF
  echo "making, reading and removing an image in the pool $1"
  ! run_rbd info "$pr_image" >/dev/null 2>&1 || run_rbd rm --no-progress "$pr_image" || return 1
  run_rbd create "$pr_image" --size 8 --image-feature layering || differs "no image can be made in the pool $1" || return 1
  run_rbd info "$pr_image" >/dev/null || differs "the image $pr_image cannot be read" || return 1
  run_rbd rm --no-progress "$pr_image" || differs "the image $pr_image cannot be removed"
}

# prove_filesystem OPTION...: OPTION says which file system, where the release has several.
prove_filesystem() {
  echo 'mounting the file system, writing and reading a file in it'
  [ -c /dev/fuse ] || modprobe fuse 2>/dev/null
  [ -c /dev/fuse ] || differs 'there is no /dev/fuse on this host, so ceph-fuse cannot mount the file system' || return 1
  timeout -k 5 60 ceph-fuse -n client.admin --client_mount_timeout=30 "$@" "$PROOF_FOLDER/mount" ||
    differs 'ceph-fuse cannot mount the file system' || return 1
  is_mounted || differs 'ceph-fuse did not mount the file system' || return 1
  pf_file=$PROOF_FOLDER/mount/$PROOF
  timeout -k 5 60 dd if="$PROOF_FOLDER/written" of="$pf_file" bs=65536 conv=fsync 2>/dev/null ||
    differs 'no file can be written to the file system' || return 1
  timeout -k 5 60 cp "$pf_file" "$PROOF_FOLDER/read" || differs 'the file in the file system cannot be read' || return 1
  same_bytes 'the file system' || return 1
  timeout -k 5 60 rm "$pf_file" || differs 'the file in the file system cannot be removed'
}
