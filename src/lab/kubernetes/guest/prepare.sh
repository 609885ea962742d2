#!/bin/sh
# Usage: prepare.sh VERSION
# Installs the compilers and unpacks Debian's source of Kubernetes VERSION into the place where Go looks for it.
set -eu
version=$1
tree=/go/src/k8s.io/kubernetes

sed -i 's/^Types: .*/Types: deb deb-src/' /etc/apt/sources.list.d/debian.sources
apt-get update -qq
apt-get install -y -qq --no-install-recommends golang-go golang-github-modern-go-reflect2-dev gcc libc6-dev git \
  dpkg-dev apt-utils containernetworking-plugins etcd-server etcd-client busybox-static

mkdir -p /source /go/src/k8s.io
cd /source
apt-get source -qq --only-source kubernetes
mv kubernetes-*/ "$tree"
cd "$tree"
grep -q "really$version-\|($version" debian/changelog

# The vendored one reads runtime structures that changed in Go 1.18: kubeadm would crash.
rm -rf vendor/github.com/modern-go/reflect2
cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 vendor/github.com/modern-go/reflect2
rm -f vendor/github.com/modern-go/reflect2/*_test.go
