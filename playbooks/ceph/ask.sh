# shellcheck shell=sh
# What the cluster answers, and what is made of it. Needs cli.sh.

# ask WORDS...: the answer of `ceph WORDS` as $ANSWER; says why there is none. An answer may hold a key: never print it.
ask() {
  ANSWER=
  can_ask || return 1
  { ANSWER=$(ceph_cmd "$@" -f json 2>&3); } 3>&1 && [ -n "$ANSWER" ] && return 0
  differs "the monitors do not answer \"ceph $*\" as they should"
}

# can_ask: is there a cluster to be asked, and the key to ask it with?
can_ask() {
  if ! have ceph || ! have jq; then
    differs 'Ceph is not installed yet'
    return 1
  fi
  for ca_file in /etc/ceph/ceph.conf /etc/ceph/ceph.client.admin.keyring; do
    [ -r "$ca_file" ] || differs "$ca_file is not there yet, so the cluster cannot be asked" || return 1
  done
  ! all_refuse || differs "no monitor runs at $ADDRESSES"
}

# all_refuse: do all monitors of ceph.conf refuse to be connected to? Then there is no need to wait long for their answer.
# Whatever else happens there is for `ceph` to find out.
all_refuse() {
  have bash || return 1
  ADDRESSES=$(sed -n 's/^[[:space:]]*mon[ _-]host[[:space:]]*=//p' /etc/ceph/ceph.conf |
    grep -oE '[0-9]+(\.[0-9]+){3}' | sort -u | tr '\n' ' ')
  [ -n "$ADDRESSES" ] || return 1
  for ar_address in $ADDRESSES; do
    for ar_port in 6789 3300; do
      ar_status=0
      # shellcheck disable=SC2016 # for bash, which alone can do it
      timeout 1 bash -c ': <>"/dev/tcp/$0/$1"' "$ar_address" "$ar_port" 2>/dev/null || ar_status=$?
      [ "$ar_status" -eq 1 ] || return 1
    done
  done
}

# judge PROGRAM JQ-OPTIONS...: what the program of jq says of $ANSWER. It prints a line for each thing that differs, and
# "note: ..." for what the operator should know.
judge() {
  ju_program=$1
  shift
  ju_text=$(printf '%s\n' "$ANSWER" | jq -r "$@" "$ju_program") ||
    cannot "what the cluster answered could not be understood; is jq 1.5 or newer?"
  [ -n "$ju_text" ] || return 0
  printf '%s\n' "$ju_text"
  ! printf '%s\n' "$ju_text" | grep -q -v '^note: '
}

# run_rbd WORDS...: without these limits it waits for ever for placement groups that nobody serves.
run_rbd() {
  timeout -k 5 60 rbd --client_mount_timeout 10 --rados_osd_op_timeout 30 "$@"
}
