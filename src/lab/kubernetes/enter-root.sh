#!/bin/sh
# Usage: enter-root.sh FOLDER LOWER SCRIPT [WORD...]
# Runs SCRIPT in a Debian system of its own: LOWER is read, all that is written goes to FOLDER/upper. FOLDER/out is
# /out in there, and the folder of SCRIPT is /steps. It is called in a mount namespace of its own, so that no mount
# outlives it.
set -eu

main() {
  folder=$1 lower=$2 script=$3
  shift 3
  root=$folder/root
  mkdir -p "$root" "$folder/upper" "$folder/out"
  # The overlay is volatile (no fsync, which makes package installations fast) and refuses a work folder used before.
  rm -rf "$folder/work"
  mkdir "$folder/work"
  mount -t overlay overlay "$root" -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work,volatile,index=off"
  mkdir -p "$root/out" "$root/steps"
  mount --bind "$folder/out" "$root/out"
  mount --bind "$(dirname "$script")" "$root/steps"
  mount -t proc proc "$root/proc"
  # No service is started by the installation of its package.
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 0755 "$root/usr/sbin/policy-rc.d"
  for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
    [ ! -e "$file" ] || cp --remove-destination --dereference "$file" "$root$file"
  done
  set -- chroot "$root" sh "/steps/${script##*/}" "$@"
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY \
    GOPROXY GOSUMDB GONOSUMDB GONOPROXY GOPRIVATE GOINSECURE; do
    eval "value=\${$name-}"
    [ -z "$value" ] || set -- "$name=$value" "$@"
  done
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

main "$@"
exit
