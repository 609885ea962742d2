# shellcheck shell=sh
# Starting and stopping, with an explanation when it fails.

# explain_unit UNIT: what systemd and the journal say, and a failure.
explain_unit() {
  systemctl --no-pager -l -n 0 status -- "$1" 2>&1
  journalctl --no-pager -q -n 30 -o short-iso -u "$1" 2>&1
  return 2
}

# stays_active UNIT: a service of type "simple" counts as started before it has done anything.
stays_active() {
  sleep 1
  systemctl -q is-active -- "$1"
}
