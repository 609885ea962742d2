#!/bin/sh
# Usage: make-base.sh ROOT SUITE LAYER
# Makes LAYER, the tar archive of a small Debian with what kube-proxy and flanneld call. ROOT is the lab's image of the
# suite, whose package sources are used.
set -eu
root=$1 suite=$2 layer=$3
mkdir -p "${layer%/*}"
mmdebstrap --mode=root --variant=essential --include=iptables,conntrack,iproute2,ca-certificates \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt="$root/etc/apt/apt.conf.d/99lab" \
  "$suite" "$layer" "$root/etc/apt/sources.list.d/debian.sources"
