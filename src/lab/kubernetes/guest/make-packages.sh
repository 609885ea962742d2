#!/bin/sh
# Usage: make-packages.sh VERSION
# Makes Debian packages in /out/packages from /out/bin, with the names, files and dependencies of upstream's, and the
# index of a flat repository: `deb [trusted=yes] file:… ./`.
set -eu
here=$(dirname "$0")
version=$1
packages=/out/packages
architecture=$(dpkg --print-architecture)

main() {
  rm -rf "$packages" /made
  mkdir -p "$packages" /made

  tree kubectl "$version-00" '' 'command line tool of Kubernetes'
  program kubectl

  tree cri-tools "$version-00" '' 'command line tool for container runtimes; in the lab a small one of its own'
  program crictl

  plugins=$(plugins_version)
  tree kubernetes-cni "$plugins-00" '' 'network plugins for containers, of Debian, and flannel where it could be had'
  mkdir -p "$root/opt/cni/bin"
  cp /usr/lib/cni/* "$root/opt/cni/bin/"
  [ ! -e /out/bin/flannel ] || install -m 0755 /out/bin/flannel "$root/opt/cni/bin/flannel"

  tree kubelet "$version-00" 'iptables (>= 1.4.21), kubernetes-cni (>= 0.8.7), iproute2, socat, util-linux, mount, ebtables, ethtool, conntrack' \
    'node agent of Kubernetes'
  program kubelet
  install -D -m 0644 "$here/kubelet/kubelet.service" "$root/lib/systemd/system/kubelet.service"
  mkdir -p "$root/etc/kubernetes/manifests"
  install -m 0755 "$here"/kubelet/postinst "$here"/kubelet/prerm "$here"/kubelet/postrm "$root/DEBIAN/"

  tree kubeadm "$version-00" 'kubelet (>= 1.13.0), kubectl (>= 1.13.0), kubernetes-cni (>= 0.8.7), cri-tools (>= 1.13.0)' \
    'brings up clusters of Kubernetes'
  program kubeadm
  drop_in=etc/systemd/system/kubelet.service.d/10-kubeadm.conf
  install -D -m 0644 "$here/kubeadm/10-kubeadm.conf" "$root/$drop_in"
  echo "/$drop_in" >"$root/DEBIAN/conffiles"
  install -m 0755 "$here/kubeadm/postinst" "$root/DEBIAN/"

  for root in /made/*; do
    dpkg-deb --build --root-owner-group -Zgzip -z1 "$root" "$packages"
  done
  index
}

# The version of upstream that Debian packages: 1.1.1 of 1.1.1+ds1-3.
plugins_version() {
  dpkg-query --show --showformat '${Version}' containernetworking-plugins | sed 's/[^0-9.].*//'
}

# The folder from which one package is made: NAME VERSION DEPENDS DESCRIPTION.
tree() {
  root=/made/$1
  mkdir -p "$root/DEBIAN"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: %s\n' "$1" "$2" "$architecture"
    [ -z "$3" ] || printf 'Depends: %s\n' "$3"
    printf 'Section: misc\nPriority: optional\nMaintainer: provision lab <root@localhost>\nDescription: %s\n' "$4"
  } >"$root/DEBIAN/control"
}

program() {
  install -D -m 0755 "/out/bin/$1" "$root/usr/bin/$1"
}

index() {
  cd "$packages"
  dpkg-scanpackages --multiversion . >Packages
  gzip --keep --no-name --best Packages
  apt-ftparchive -o APT::FTPArchive::Release::Suite=lab release . >/made/Release
  mv /made/Release Release
}

main "$@"
exit
