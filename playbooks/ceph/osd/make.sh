# shellcheck shell=sh
# Making the OSD of a directory, by the steps of Ceph's manual deployment. Each step writes down what the next one needs
# before it is made, so that a run that was cut goes on with the same OSD.

# ceph_as NAME KEYRING WORDS...: asks the cluster as somebody else than the admin. Named by an option, the keyring is found,
# but not without two warnings first.
ceph_as() (
  CEPH_ARGS="--keyring $2"
  export CEPH_ARGS
  ca_name=$1
  shift 2
  ceph_cmd -n "$ca_name" "$@"
)

# bootstrap_ceph WORDS...: as the one who may bring OSDs to the cluster, and may read its map of the OSDs.
bootstrap_ceph() {
  ceph_as client.bootstrap-osd /var/lib/ceph/bootstrap-osd/ceph.keyring "$@"
}

# known_osd UUID: "ID UP IN UP_FROM" from the map of the OSDs (JSON) on standard input; nothing when it is not there.
known_osd() {
  jq -r --arg uuid "$1" '.osds[] | select(.uuid == $uuid) | "\(.osd) \(.up) \(.in) \(.up_from)"'
}

# write_durably FILE MODE: standard input becomes its content, and it outlives a power cut.
write_durably() {
  wd_new=$(mktemp "${1%/*}/.provision-new.XXXXXX") || return 2
  if dd of="$wd_new" bs=4096 conv=fsync 2>/dev/null && [ -s "$wd_new" ] && chmod "$2" "$wd_new" && mv -f "$wd_new" "$1"; then
    sync "${1%/*}" 2>/dev/null || sync
    return 0
  fi
  rm -f "$wd_new"
  printf '%s could not be written\n' "$1"
  return 2
}

# begin_osd DIR CLUSTER: the directory says which OSD it will be, before the cluster hears of it: asked twice, the cluster
# would make two.
begin_osd() {
  (umask 022 && mkdir -p "$1") || return 2
  rm -f "$1"/.provision-new.??????
  read_osd "$1"
  [ -n "$OSD_CLUSTER" ] || printf '%s\n' "$2" | write_durably "$1/ceph_fsid" 0644 || return 2
  [ -n "$OSD_UUID" ] || write_durably "$1/fsid" 0644 </proc/sys/kernel/random/uuid || return 2
  sync "${1%/*}/" 2>/dev/null || sync
  read_osd "$1"
}

new_key() {
  ceph-authtool --gen-print-key
}

# own_key DIR: the key that the OSD has, or will have, as $KEY. Until its id is known it is in a file of ours.
own_key() {
  ! read_key "$1" "$OSD_ID" || return 0
  first_line "$1/.provision-secret"
  KEY=$LINE
  [ -z "$KEY" ] || return 0
  KEY=$(new_key) && printf '%s\n' "$KEY" | write_durably "$1/.provision-secret" 0600
}

# register_osd HOW: the cluster's id of the OSD $OSD_UUID with the key $KEY, as $OSD_ID. For the same uuid and key it is the
# same one each time. HOW is "new", or "create" before luminous.
register_osd() {
  if [ "$1" = new ]; then
    ro_told=$(printf '{"cephx_secret": "%s"}\n' "$KEY" | bootstrap_ceph osd new "$OSD_UUID" -i -) || return 2
  else
    ro_told=$(bootstrap_ceph osd create "$OSD_UUID") || return 2
  fi
  is_number "$ro_told" || differs "the cluster answered \"$ro_told\", which is not the id of an OSD" || return 2
  OSD_ID=$ro_told
}

# keep_identity DIR: id and key into the files that the daemon reads.
keep_identity() {
  printf '%s\n' "$OSD_ID" | write_durably "$1/whoami" 0644 &&
    printf '[osd.%s]\n\tkey = %s\n' "$OSD_ID" "$KEY" | write_durably "$1/keyring" 0600 &&
    rm -f "$1/.provision-secret"
}

# mkfs_runs DIR: is another one at work there? It would outlive a run that was killed.
mkfs_runs() {
  for mr_process in /proc/[0-9]*; do
    mr_name=
    { read -r mr_name <"$mr_process/comm"; } 2>/dev/null
    [ "$mr_name" = ceph-osd ] || continue
    # A daemon is not told its directory.
    ! grep -qzxF -e "$1" "$mr_process/cmdline" 2>/dev/null || return 0
  done
  return 1
}

# make_store DIR STORE BYTES: what was made half is made anew; what has ever run is not touched (make_osd sees to that).
make_store() {
  ms_folder=$1 ms_store=${OSD_STORE:-$2} ms_bytes=$3
  ! mkfs_runs "$ms_folder" || differs "ceph-osd --mkfs is still at work in $ms_folder: run again when it has ended" || return 2
  bootstrap_ceph mon getmap -o "$ms_folder/activate.monmap" || return 2
  # In the foreground (-f) it ends when we are ended.
  set -- -f --cluster ceph --mkfs -i "$OSD_ID" --osd-uuid "$OSD_UUID" --monmap "$ms_folder/activate.monmap" \
    --osd-data "$ms_folder" --keyring "$ms_folder/keyring" --osd-objectstore "$ms_store" --setuser ceph --setgroup ceph
  if [ "$ms_store" = bluestore ]; then
    [ -e "$ms_folder/mkfs_done" ] || rm -f "$ms_folder/block"
    set -- "$@" --bluestore-block-create=true "--bluestore-block-size=$ms_bytes"
  else
    set -- "$@" --osd-journal "$ms_folder/journal"
  fi
  chown -hR ceph:ceph "$ms_folder/" || return 2
  # Of what it finds not to be there yet it complains even when all goes well.
  if ! ms_told=$(ceph-osd "$@" 2>&1); then
    printf '%s\n' "$ms_told" | sed '/^$/d' | tail -n 40
    return 2
  fi
}

# make_osd DIR CLUSTER STORE BYTES HOW
make_osd() {
  begin_osd "$1" "$2" || return 2
  mo_map=$(bootstrap_ceph osd dump -f json) || differs "the cluster does not tell its OSDs" || return 2
  mo_known=$(printf '%s\n' "$mo_map" | known_osd "$OSD_UUID") || return 2
  mo_begun=no
  case $mo_known in
    '' | *' 0') ;;
    *) mo_begun=yes ;;
  esac
  if [ "$OSD_READY" = ready ] && [ -z "$mo_known" ]; then
    printf '%s holds the OSD %s, which the cluster does not know: it was removed from the cluster. Nothing in it is touched; when its data is not needed any more, empty the directory and run again\n' "$1" "$OSD_UUID"
    return 2
  fi
  if [ "$OSD_READY" != ready ] && [ "$mo_begun" = yes ]; then
    printf 'osd.%s has run before, and %s does not hold its data whole (there is no file "ready"). Nothing in it is touched: repair its file system, or remove the OSD from the cluster and empty the directory\n' "${mo_known%% *}" "$1"
    return 2
  fi
  if [ "$5" = new ] && ! read_key "$1" "$OSD_ID" && [ ! -s "$1/.provision-secret" ] && [ -n "$mo_known" ]; then
    printf 'The key of osd.%s is lost on this host. Fetch it where the admin key is (ceph auth get osd.%s) and write it to %s/keyring; or, if the OSD never ran, remove it (ceph osd purge %s --yes-i-really-mean-it), empty the directory and run again\n' "${mo_known%% *}" "${mo_known%% *}" "$1" "${mo_known%% *}"
    return 2
  fi
  own_key "$1" && register_osd "$5" && keep_identity "$1" || return 2
  [ "$5" = new ] || admit_osd "$1" || return 2
  [ "$OSD_READY" = ready ] || make_store "$1" "$3" "$4" || return 2
  chown -hR ceph:ceph "$1/"
}

# admit_osd DIR: before luminous the key was told by itself.
admit_osd() {
  bootstrap_ceph auth add "osd.$OSD_ID" -i "$1/keyring" osd 'allow *' mon 'allow profile osd'
}
