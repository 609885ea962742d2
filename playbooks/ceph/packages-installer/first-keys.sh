# shellcheck shell=sh
# The keys that a cluster begins with. Needs cli.sh. $MONS are addresses of its monitors.

# key_in FILE NAME: the key of an entity; nothing when the keyring has none.
key_in() {
  [ -r "$1" ] && have ceph-authtool || return 0
  ceph-authtool "$1" -p -n "$2" 2>/dev/null || :
}

# has_keys FILE NAME...
has_keys() {
  hk_file=$1
  shift
  for hk_name in "$@"; do
    [ -n "$(key_in "$hk_file" "$hk_name")" ] || differs "$hk_file has no key of $hk_name" || return 1
  done
}

# opens USER FILE: does the cluster take this key?
opens() {
  ceph_cmd -m "$MONS" -n "$1" -k "$2" auth get client.admin >/dev/null 2>&1
}

# still_good FILE ADMIN-FILE: the operator may have given client.admin another key since. The cluster is asked only when the
# two files do not agree.
still_good() {
  sg_key=$(key_in "$2" client.admin)
  [ -z "$sg_key" ] || [ "$sg_key" = "$(key_in "$1" client.admin)" ] || opens client.admin "$1" ||
    differs "$2 has another key of client.admin than $1"
}

# take_keys FILE OLD MON-KEYRING NAME...: from the living cluster, with what opens it: what we had in OLD, what is on this host,
# or what another host has handed over as MON-KEYRING.
take_keys() {
  tk_file=$1 tk_old=$2 tk_mon=$3
  shift 3
  for tk_store in "$tk_old" /etc/ceph/ceph.client.admin.keyring /var/lib/ceph/mon/ceph-*/keyring "$tk_mon"; do
    [ -s "$tk_store" ] || continue
    case $tk_store in
      */mon/* | "$tk_mon") tk_user=mon. ;;
      *) tk_user=client.admin ;;
    esac
    opens "$tk_user" "$tk_store" || continue
    : >"$tk_file"
    for tk_name in "$@"; do
      ceph_cmd -m "$MONS" -n "$tk_user" -k "$tk_store" auth get "$tk_name" >>"$tk_file" 2>/dev/null || continue 2
    done
    return 0
  done
  return 1
}

# make_key FILE NAME KIND CAP...: adds a new key to the keyring.
make_key() {
  mk_file=$1 mk_name=$2
  shift 2
  mk_count=$#
  while [ "$mk_count" -gt 0 ]; do
    set -- "$@" --cap "$1" "$2"
    shift 2
    mk_count=$((mk_count - 2))
  done
  ceph-authtool "$mk_file" --gen-key -n "$mk_name" "$@" >/dev/null
}

# new_keyring FILE: empty and private, beside the one that it will be.
new_keyring() {
  (umask 077 && mkdir -p "${1%/*}") && chmod 0700 "${1%/*}" && rm -f "$1" &&
    (umask 077 && ceph-authtool --create-keyring "$1" >/dev/null)
}
