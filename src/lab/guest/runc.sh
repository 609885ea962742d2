#!/bin/sh
# The lab's machine was not given CAP_SYS_RESOURCE, so no container on it can have that capability or a negative
# out-of-memory score. This takes both out of what a container asks for, and hands over to the real runc.
set -u
bundle=.
previous=
for word in "$@"; do
  case $previous in --bundle | -b) bundle=$word ;; esac
  case $word in --bundle=*) bundle=${word#--bundle=} ;; esac
  previous=$word
done
config=$bundle/config.json
if [ -f "$config" ]; then
  sed -e 's/"oomScoreAdj": *-[0-9][0-9]*/"oomScoreAdj":0/' -e 's/"CAP_SYS_RESOURCE" *,//g' \
    -e 's/, *"CAP_SYS_RESOURCE"//g' -e 's/"CAP_SYS_RESOURCE"//g' "$config" >"$config.lab" &&
    cat "$config.lab" >"$config"
  rm -f "$config.lab"
fi
for real in /usr/sbin/runc /usr/bin/runc; do
  [ ! -x "$real" ] || exec "$real" "$@"
done
echo 'runc: not installed (this is the wrapper of the lab)' >&2
exit 127
