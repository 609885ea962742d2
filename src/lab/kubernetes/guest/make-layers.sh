#!/bin/sh
# Usage: make-layers.sh VERSION
# Makes the layers of the images, tar archives in /out/layers: each holds files at the places where the manifests of
# kubeadm, CoreDNS and flannel look for them. /out/layers/base.tar, a small Debian, is there already. /out/wanted becomes
# the names that kubeadm asks for.
set -eu
version=$1
layers=/out/layers

main() {
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
    from_bin "$name" "/usr/local/bin/$name"
  done
  etcd
  pause
  busybox
  [ ! -e /out/bin/coredns ] || from_bin coredns /coredns
  [ ! -e /out/bin/flanneld ] || from_bin flanneld /opt/bin/flanneld
  [ ! -e /out/bin/flannel ] || from_bin flannel /flannel
  /out/bin/kubeadm config images list --kubernetes-version "v$version" >/out/wanted
}

# LAYER PATH: one program, and the certificate authorities that it may ask about.
from_bin() {
  start
  install -D -m 0755 "/out/bin/$1" "/layer$2"
  install -D -m 0644 /etc/ssl/certs/ca-certificates.crt /layer/etc/ssl/certs/ca-certificates.crt
  finish "$1"
}

# Debian's, with the libraries that they are linked to.
etcd() {
  start
  for program in /usr/bin/etcd /usr/bin/etcdctl; do
    install -D -m 0755 "$program" "/layer/usr/local/bin/${program##*/}"
    ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
      mkdir -p "/layer${library%/*}"
      cp --dereference --update "$library" "/layer$library"
    done
  done
  finish etcd
}

pause() {
  start
  gcc -Os -Wall -static -DVERSION="v$version" -o /layer/pause /go/src/k8s.io/kubernetes/build/pause/linux/pause.c
  strip /layer/pause
  finish pause
}

busybox() {
  start
  install -D -m 0755 /bin/busybox /layer/bin/busybox
  mkdir -m 1777 /layer/tmp
  mkdir /layer/etc /layer/root
  echo 'root:x:0:0:root:/root:/bin/sh' >/layer/etc/passwd
  chroot /layer /bin/busybox --install -s /bin
  finish busybox
}

start() {
  rm -rf /layer
  mkdir -m 0755 /layer
}

finish() {
  tar --create --file "$layers/$1.tar" --directory /layer --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime=@0 .
}

main "$@"
exit
