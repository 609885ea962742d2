#!/bin/sh
# The lab's machine was not given CAP_SYS_RESOURCE, so no container on it can have that capability or a negative
# out-of-memory score. This takes both out of what a container, or a command in one, asks for, and hands over to runc.
set -u

relieve() {
  [ -f "$1" ] || return 0
  sed -e 's/"oomScoreAdj": *-[0-9][0-9]*/"oomScoreAdj":0/' -e 's/"CAP_SYS_RESOURCE" *,//g' \
    -e 's/, *"CAP_SYS_RESOURCE"//g' -e 's/"CAP_SYS_RESOURCE"//g' "$1" >"$1.lab" &&
    cat "$1.lab" >"$1"
  rm -f "$1.lab"
}

previous=
for word in "$@"; do
  case $previous in
    --bundle | -b) relieve "$word/config.json" ;;
    --process | -p) relieve "$word" ;;
  esac
  case $word in
    --bundle=*) relieve "${word#--bundle=}/config.json" ;;
    --process=*) relieve "${word#--process=}" ;;
  esac
  previous=$word
done

for real in /usr/sbin/runc /usr/bin/runc; do
  [ ! -x "$real" ] || exec "$real" "$@"
done
echo 'runc: not installed (this is the wrapper of the lab)' >&2
exit 127
