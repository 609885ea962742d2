# shellcheck shell=sh
# Asking the cluster. Without these limits `ceph` waits 300 s for a monitor that does not answer: pitfall ceph-cli-hangs.

# ceph_cmd WORDS...
ceph_cmd() {
  timeout -k 5 30 ceph --connect-timeout 10 "$@"
}

# has_quorum: do the monitors answer? Needs the admin key on this host.
has_quorum() {
  have ceph && [ -r /etc/ceph/ceph.conf ] && [ -r /etc/ceph/ceph.client.admin.keyring ] &&
    ceph_cmd quorum_status -f json >/dev/null 2>&1
}

# can_ask_cluster: as Playbook.access has it.
can_ask_cluster() {
  have ceph && [ -r /etc/ceph/ceph.conf ] && [ -r /etc/ceph/ceph.client.admin.keyring ] || return 1
  ca_told=$(timeout -k 5 10 ceph --connect-timeout 5 quorum_status -f json 2>&1) && return 0
  printf '%s\n' "${ca_told:-no monitor answered within 10 s}" | tail -n 1
  return 2
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
