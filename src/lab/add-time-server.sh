#!/bin/sh
# Usage: add-time-server.sh ROOT TARGET
# Puts the files of chrony into the folder TARGET, with those of its libraries that the system in ROOT does not have.
set -eu
root=$1 target=$2
mkdir -p "$target" "$root/tmp/ntp/partial"
chroot "$root" apt-get --yes --download-only --no-install-recommends -o Dir::Cache::archives=/tmp/ntp install chrony
for package in "$root"/tmp/ntp/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$target" ./usr
done
rm -r "$root/tmp/ntp"
