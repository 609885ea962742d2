#!/bin/sh
# Usage: build-image.sh SUITE FOLDER SOURCES APT_CONF PACKAGES
# Builds FOLDER/root, the root file system of a freshly installed Debian machine, and FOLDER/ntp, the files of a
# time server. FOLDER appears when all of it is there, never half.
set -eu

main() {
  suite=$1 folder=$2 sources=$3 apt_conf=$4 packages=$5
  [ ! -d "$folder" ] || return 0
  building=$folder.partial
  rm -rf "$building"
  mkdir -p "$building"
  root=$building/root
  add_time_server=$(dirname "$0")/add-time-server.sh
  mmdebstrap --mode=root --variant=important --include="$packages" --aptopt="$apt_conf" \
    --customize-hook="sh '$add_time_server' \"\$1\" '$building/ntp'" \
    "$suite" "$root" "$sources"
  finish
  mv "$building" "$folder"
}

finish() {
  rm -f "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/etc/ssh/ssh_host_*
  cp "$sources" "$root/etc/apt/sources.list.d/debian.sources"
  mv "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/apt/apt.conf.d/99lab"
  echo debian >"$root/etc/hostname"
  echo '127.0.1.1	debian' >>"$root/etc/hosts"
  : >"$root/etc/machine-id"
  chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash ops
  chroot "$root" useradd --create-home --uid 1001 --shell /bin/bash --groups sudo locked
  echo 'ops ALL=(ALL:ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/ops"
  chmod 0440 "$root/etc/sudoers.d/ops"
  # Periodic work is off, so that nothing changes a lab host but what is tried on it.
  rm -f "$root"/etc/systemd/system/timers.target.wants/*
}

main "$@"
exit
