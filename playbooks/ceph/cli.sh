# shellcheck shell=sh
# Asking the cluster. Without these limits `ceph` waits 300 s for a monitor that does not answer: pitfall ceph-cli-hangs.

# ceph_cmd WORDS...
ceph_cmd() {
  timeout -k 5 30 ceph --connect-timeout 10 "$@"
}

# has_access: can this host ask as client.admin?
has_access() {
  have ceph && [ -r /etc/ceph/ceph.conf ] && [ -r /etc/ceph/ceph.client.admin.keyring ]
}

# has_quorum: do the monitors answer? Needs the admin key on this host.
has_quorum() {
  has_access && ceph_cmd quorum_status -f json >/dev/null 2>&1
}

# wait_until SECONDS WHAT COMMAND...: tries each second, and says every five what it waits for.
wait_until() {
  wu_left=$1 wu_what=$2
  shift 2
  until "$@"; do
    [ "$wu_left" -gt 0 ] || return 1
    [ $((wu_left % 5)) -ne 0 ] || printf 'waiting for %s (%s s left)\n' "$wu_what" "$wu_left"
    wu_left=$((wu_left - 1))
    sleep 1
  done
}
