# shellcheck shell=sh
# Runs in a probe: says who it is, and has something large enough to fill many packets.
mkdir -p /tmp/www && cd /tmp/www || exit 1
printf '%s\n' "$NODE" >name
dd if=/dev/zero bs=1000 count=200 2>/dev/null | tr '\000' x >large
exec httpd -f -p "$PORT" -h /tmp/www
