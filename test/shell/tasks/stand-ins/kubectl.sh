#!/bin/sh
# A stand-in for kubectl: it answers from the files of a folder, and writes down what it was asked. A file "CALL.N" is the
# answer to the Nth call, "CALL" that to all others; a line "#code N" in it is the exit code, lines after "#err" go to
# standard error. Like kubectl, it keeps something below HOME and TMPDIR.
set -u
folder=$STAND_IN
[ -r "$KUBECONFIG" ] || { echo "no KUBECONFIG" >&2; exit 9; }
mkdir -p "$HOME/.kube/cache/discovery" "$TMPDIR/LIVE-1" || exit 9
echo x >"$HOME/.kube/cache/discovery/x"

[ "${1#--request-timeout=}" != "$1" ] && shift
printf '%s\n' "$*" | cut -c 1-120 >>"$folder/calls"

case $1 in
  get)
    case $* in
      'get daemonsets,deployments,statefulsets'*) call=workloads ;;
      'get pods'*) call=pods ;;
      'get events'*) call=events ;;
      *) call=objects ;;
    esac
    ;;
  *) call=$1 ;;
esac
case $* in
  *'-f -'*) cat >"$folder/$call.stdin" ;;
esac

count=$(($(cat "$folder/$call.count" 2>/dev/null || echo 0) + 1))
echo "$count" >"$folder/$call.count"
answer=$folder/$call
[ ! -e "$answer.$count" ] || answer=$answer.$count
[ -e "$answer" ] || { echo "stand-in: nobody expected: $*" >&2; exit 9; }
sed -e '/^#code /d' -e '/^#err$/,$d' "$answer"
sed -n '/^#err$/,$ { /^#/!p; }' "$answer" >&2
exit "$(sed -n 's/^#code //p' "$answer" | head -n 1 | grep . || echo 0)"
