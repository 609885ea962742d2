# shellcheck shell=sh
# What the directory of an OSD holds. Ceph's own files tell: ceph_fsid (its cluster), fsid (its uuid), whoami (its id), keyring,
# type (its store), ready (written last, when its data has been made).

# first_line FILE: as $LINE; empty when there is no such file.
first_line() {
  LINE=
  if [ -f "$1" ] && [ -r "$1" ]; then
    IFS= read -r LINE <"$1" || :
  fi
}

is_uuid() {
  case $1 in
    *[!0-9A-Fa-f-]*) return 1 ;;
    ????????-????-????-????-????????????) return 0 ;;
  esac
  return 1
}

is_number() {
  case $1 in
    '' | *[!0-9]*) return 1 ;;
  esac
}

# shellcheck disable=SC2034 # for those who call it
# read_osd DIR: $OSD_CLUSTER, $OSD_UUID, $OSD_ID, $OSD_STORE, $OSD_READY; empty where the directory does not say.
read_osd() {
  first_line "$1/ceph_fsid"
  OSD_CLUSTER=$LINE
  first_line "$1/fsid"
  is_uuid "$LINE" || LINE=
  OSD_UUID=$LINE
  first_line "$1/whoami"
  is_number "$LINE" || LINE=
  OSD_ID=$LINE
  first_line "$1/type"
  OSD_STORE=$LINE
  first_line "$1/ready"
  OSD_READY=$LINE
}

# read_key DIR ID: the key of osd.ID in DIR/keyring as $KEY.
read_key() {
  KEY='' rk_section=no
  [ -n "$2" ] && [ -r "$1/keyring" ] || return 1
  while read -r rk_name rk_equals rk_value || [ -n "$rk_name" ]; do
    case $rk_name$rk_equals in
      "[osd.$2]") rk_section=yes ;;
      '['*) rk_section=no ;;
      key=) [ "$rk_section" = no ] || KEY=$rk_value ;;
    esac
  done <"$1/keyring"
  [ -n "$KEY" ]
}

# holds_nothing DIR: nothing that anybody could miss. lost+found is the file system's own; .provision-new.* is what a run
# of ours left that was cut.
holds_nothing() {
  for hn_each in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$hn_each" ] || [ -L "$hn_each" ] || continue
    case ${hn_each##*/} in
      lost+found | .provision-new.*) ;;
      *) return 1 ;;
    esac
  done
}

# check_directory DIR LINKS CLUSTER: is DIR an OSD of this cluster, or free to become one? LINKS is the folder in which the
# daemons find their data; CLUSTER is empty while there is none.
check_directory() {
  [ ! -e "$1" ] || [ -d "$1" ] || cannot "$1 is there, and it is not a directory"
  read_osd "$1"
  if [ -n "$OSD_CLUSTER" ]; then
    [ -z "$3" ] || [ "$OSD_CLUSTER" = "$3" ] ||
      cannot "$1 holds an OSD of another cluster (pitfall ceph-leftovers): its fsid is $OSD_CLUSTER, that of this cluster is $3. Nothing in it is touched. If it is not needed any more: provision reset --stage ceph --host $(uname -n)"
    return 0
  fi
  holds_nothing "$1" ||
    cannot "$1 is not empty, and it holds no OSD (there is no file ceph_fsid in it). Nothing in it is touched: name another directory in the inventory, or move away what is in it"
  for cd_link in "$2"/ceph-*; do
    if is_link "$cd_link" "$1"; then
      cannot "$cd_link leads to $1, and there is nothing: the data of osd.${cd_link##*/ceph-} was there. Mount its file system. If that OSD is gone for good, remove the link"
    fi
  done
}

# check_data DIR STORE: was the OSD registered and its data made, to the end?
check_data() {
  read_osd "$1"
  [ -n "$OSD_CLUSTER" ] || differs "$1: an OSD with $2 is made here" || return
  [ -n "$OSD_UUID" ] || differs "$1: the OSD here was begun and has no uuid yet" || return
  [ -n "$OSD_ID" ] || differs "$1: the OSD $OSD_UUID was begun, and its id is not known here yet" || return
  read_key "$1" "$OSD_ID" || differs "$1: there is no key of osd.$OSD_ID in the keyring" || return
  [ "$OSD_READY" = ready ] || differs "$1: osd.$OSD_ID was begun, and its data was not made to the end" || return
  [ ! -e "$1/.provision-secret" ] || differs "$1/.provision-secret is not needed any more"
}

# foreign_file DIR OWNER: the first thing that does not belong to user and group OWNER, as $FOREIGN. The folders of objects
# are not looked into: there may be millions of files in them.
foreign_file() {
  FOREIGN=$(find "$1/" -maxdepth 3 \( -name '*_head' -o -name '*_TEMP' \) -prune -o \
    \( ! -user "$2" -o ! -group "$2" \) -print 2>&1 | sed -n 1p)
  [ -n "$FOREIGN" ] || return 1
  FOREIGN=${FOREIGN%/}
}

# check_link DIR LINKS: do the daemons find the data?
check_link() {
  read_osd "$1"
  [ -n "$OSD_ID" ] || differs "no id of an OSD in $1 yet" || return
  cl_link=$2/ceph-$OSD_ID
  ! is_link "$cl_link" "$1" || return 0
  if [ -n "$LINK" ]; then
    [ ! -e "$cl_link" ] || [ "$(readlink -f "$cl_link")" != "$(readlink -f "$1")" ] || return 0
    [ ! -e "$cl_link/ceph_fsid" ] ||
      cannot "$cl_link leads to $LINK, where there is an OSD too. Only one of it and $1 can be osd.$OSD_ID: take the other out of the inventory, and remove its link"
    differs "$cl_link leads to $LINK, not to $1"
  elif [ -e "$cl_link" ]; then
    if [ ! -d "$cl_link" ] || ! holds_nothing "$cl_link"; then
      cannot "$cl_link is not a link to $1, and it is not empty: another osd.$OSD_ID is there"
    fi
    differs "$cl_link is an empty folder, not a link to $1"
  else
    differs "$cl_link does not lead to $1"
  fi
}

# make_link DIR LINKS
make_link() {
  read_osd "$1"
  ml_link=$2/ceph-$OSD_ID
  mkdir -p "$2" || return 2
  if [ -d "$ml_link" ] && [ ! -L "$ml_link" ]; then
    rmdir "$ml_link" || return 2
  fi
  ln -sfn "$1" "$ml_link"
}
