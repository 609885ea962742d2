#!/bin/sh
# Installs what tests look at where it is: other shells, shellcheck, sudo and a real sshd, which is not started. Needs root and apt.
set -eu

wanted=
for package in shellcheck busybox zsh fish sudo openssh-server openssh-client netcat-openbsd gnupg socat; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || wanted="$wanted $package"
done
[ -n "$wanted" ] || exit 0

# Without this, installing a server starts it.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
printf 'Installing what the tests look at where it is: apt-get install -y --no-install-recommends%s\n' "$wanted"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a word each
apt-get install -y -qq --no-install-recommends $wanted >/dev/null
