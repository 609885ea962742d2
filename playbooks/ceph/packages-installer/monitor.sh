# shellcheck shell=sh
# The data of a monitor, and whether it takes part. Needs cli.sh, and for apply services.sh.

# has_store FOLDER: is it whole? Making it writes its files, then the key, then the first record.
has_store() {
  [ -d "$1/store.db" ] && [ -s "$1/keyring" ] || return 1
  hs_record=$(find "$1/store.db" -type f -size +0 \( -name '*.log' -o -name '*.sst' -o -name '*.ldb' \) | sed 1q)
  [ -n "$hs_record" ]
}

# read_mon NAME: asks the monitor of this host by its own socket, which takes neither a key nor a quorum. $MON_STATE is
# "leader" or "peon" in a quorum, and "down" when it does not answer; $MON_EPOCH is 0 until its cluster has its first quorum.
read_mon() {
  rm_told=$(timeout -k 5 10 ceph --admin-daemon "/var/run/ceph/ceph-mon.$1.asok" mon_status 2>/dev/null |
    jq -r '"\(.state) \(.monmap.epoch)"' 2>/dev/null)
  [ -n "$rm_told" ] || rm_told='down -1'
  MON_STATE=${rm_told% *} MON_EPOCH=${rm_told#* }
}

# in_quorum NAME
in_quorum() {
  read_mon "$1"
  case $MON_STATE in
    leader | peon) return 0 ;;
  esac
  return 1
}

# in_quorum_or_new NAME: a cluster that has never had a quorum may wait for monitors that are yet to be made.
in_quorum_or_new() {
  in_quorum "$1" || [ "$MON_EPOCH" -eq 0 ]
}

# wait_for_mon NAME SECONDS JUDGE: says why not.
wait_for_mon() {
  wm_seconds=$2
  [ "$MODE" = apply ] || wm_seconds=0
  wait_until "$wm_seconds" "mon.$1 to be in the quorum" "$3" "$1" && return 0
  printf 'mon.%s is not in the quorum; its state: %s\n' "$1" "$MON_STATE"
  tail -n 15 "/var/log/ceph/ceph-mon.$1.log" 2>/dev/null
  return 1
}

# address_of ADDRESS MSGR2: as monmaptool takes it.
address_of() {
  ao_host=$1
  case $1 in
    *:*) ao_host="[$1]" ;;
  esac
  if [ "$2" = yes ]; then
    printf '%s\n' "[v2:$ao_host:3300,v1:$ao_host:6789]"
  else
    printf '%s\n' "$ao_host:6789"
  fi
}

# add_to_map MAP MSGR2 NAME ADDRESS
add_to_map() {
  if [ "$2" = yes ]; then
    monmaptool --addv "$3" "$(address_of "$4" yes)" "$1"
  else
    monmaptool --add "$3" "$(address_of "$4" no)" "$1"
  fi
}

# first_map MAP FSID MSGR2 NAME ADDRESS...: of a cluster that begins.
first_map() {
  fm_map=$1 fm_msgr2=$3
  monmaptool --create --fsid "$2" "$fm_map" || return 2
  shift 3
  while [ "$#" -gt 0 ]; do
    add_to_map "$fm_map" "$fm_msgr2" "$1" "$2" || return 2
    shift 2
  done
}

# joined_map MAP MSGR2 NAME ADDRESS: of the cluster that there is, with this monitor in it: from there it knows its own
# address; the others take it in when it comes to them.
joined_map() {
  ceph_cmd mon getmap -o "$1" || return 2
  ! monmaptool --print "$1" | grep -q " mon\.$3\$" || return 0
  add_to_map "$1" "$2" "$3" "$4"
}

# used_before FOLDER: did a daemon whose data is there get its key from monitors? Then there were some. $USED is its keyring.
used_before() {
  for USED in "$1"/mgr/ceph-*/keyring "$1"/mds/ceph-*/keyring "$1"/osd/ceph-*/keyring; do
    [ ! -e "$USED" ] || return 0
  done
  return 1
}

# beginning FOLDER: ends the script where monitors without memory would take the place of those that were lost.
beginning() {
  ! used_before "$1" || cannot "$USED shows that this cluster has been in use, but no monitor has its data any more. New monitors would know nothing of what the OSDs keep. Bring back $1/mon of the monitors; if nothing of the cluster is needed any more (pitfall ceph-leftovers): provision reset --stage ceph"
}

# make_store FOLDER NAME MAP KEYRING: beside it first, so that a folder with the final name is always whole.
make_store() {
  ms_new=${1%/*}/.${1##*/}.new
  rm -rf "$ms_new"
  mkdir -p "$ms_new" &&
    ceph-mon --cluster ceph --mkfs -i "$2" --mon-data "$ms_new" --monmap "$3" --keyring "$4" --log-file /dev/null &&
    chown -R ceph:ceph "$ms_new" && chmod 0755 "$ms_new" || return 2
  free_folder "$1" "$2" && mv "$ms_new" "$1"
}

# free_folder FOLDER NAME: what an interrupted attempt left is kept elsewhere.
free_folder() {
  [ -e "$1" ] || return 0
  ! rmdir "$1" 2>/dev/null || return 0
  ! systemctl -q is-active "ceph-mon@$2.service" 2>/dev/null || cannot "ceph-mon@$2.service runs, and $1 has no data of a monitor: stop it (systemctl stop ceph-mon@$2), then run again"
  ff_aside=${1%/*}-removed/ceph-$2-$(date +%Y%m%d-%H%M%S)
  if ! mkdir -p "${ff_aside%/*}" || ! mv "$1" "$ff_aside"; then
    cannot "$1 holds half of a monitor's data and cannot be moved away"
  fi
  printf 'the data of mon.%s was made by half and has never run; it was moved to %s\n' "$2" "$ff_aside"
}
