#!/bin/sh
# Usage: compile-module.sh PROGRAM MODULE@VERSION PACKAGE VARIABLE CGO [REPLACEMENT@VERSION...]
# Compiles a program from a Go module into /out/bin, statically linked. VARIABLE of its source is set to the version, if
# not empty; each REPLACEMENT takes the place of an older one among the modules that it is made of.
set -eu
program=$1 module=$2 package=$3 variable=$4
export CGO_ENABLED="$5"
shift 5
export GOPATH=/go GOCACHE=/go/cache GOTOOLCHAIN=local GOFLAGS='-buildvcs=false -mod=mod'

cd /
told=$(go mod download -json "$module") || { echo "$told" >&2 && exit 1; }
folder=$(echo "$told" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
rm -rf "/source/$program"
cp -r "$folder" "/source/$program"
chmod -R u+w "/source/$program"
cd "/source/$program"
[ $# -eq 0 ] || go get "$@"
mkdir -p /out/bin
go build -trimpath -tags netgo,osusergo -ldflags "-s -w ${variable:+-X $variable=${module##*@}} -extldflags -static" \
  -o "/out/bin/$program" "./$package"
