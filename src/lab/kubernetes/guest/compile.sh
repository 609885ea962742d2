#!/bin/sh
# Usage: compile.sh VERSION PROGRAM
# Compiles one program of Kubernetes into /out/bin: the folder cmd/PROGRAM of the tree, or PROGRAM.go beside this file.
set -eu
here=$(dirname "$0")
version=$1 program=$2
export GOPATH=/go GOCACHE=/go/cache GO111MODULE=off GOFLAGS=-buildvcs=false CGO_ENABLED=0
cd "$GOPATH/src/k8s.io/kubernetes"
openapi=pkg/generated/openapi/zz_generated.openapi.go

# Written by a generator from the marked packages; Debian's source has it no more than upstream's.
generate_openapi() {
  go build -o /go/openapi-gen ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  # vendor/k8s.io holds links.
  marked=$(grep -Rl --include='*.go' '+k8s:openapi-gen=' vendor/k8s.io cmd pkg plugin |
    grep -v -e '/code-generator/' -e '/sample-apiserver/' | xargs -n 1 dirname | sort -u |
    sed 's:^:k8s.io/kubernetes/:' | paste -s -d ,)
  /go/openapi-gen --logtostderr --input-dirs "$marked" --report-filename /go/openapi-violations \
    --go-header-file hack/boilerplate/boilerplate.generatego.txt --output-base "$GOPATH/src" \
    --output-package k8s.io/kubernetes/pkg/generated/openapi --output-file-base zz_generated.openapi
}

# What `PROGRAM --version` prints, what the API server says it is, and by what kubeadm judges which versions go together.
stamp() {
  minor=${version#*.}
  for package in component-base/version client-go/pkg/version; do
    for pair in "gitVersion=v$version" "gitMajor=${version%%.*}" "gitMinor=${minor%%.*}" gitTreeState=clean; do
      printf -- '-X k8s.io/kubernetes/vendor/k8s.io/%s.%s ' "$package" "$pair"
    done
  done
}

[ -e "$openapi" ] || generate_openapi
if [ -e "$here/$program.go" ]; then
  mkdir -p "cmd/$program"
  cp "$here/$program.go" "cmd/$program/main.go"
fi
mkdir -p /out/bin
go build -trimpath -ldflags "-s -w $(stamp)" -o "/out/bin/$program" "./cmd/$program"
