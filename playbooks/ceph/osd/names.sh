# shellcheck shell=sh
# Filestore on ext4 stores long names of objects in attributes that ext4 has no room for: pitfall ceph-osd-ext4-names.

# file_system DIR: the type of the file system where it is, or will be, as $TYPE.
file_system() {
  fs_folder=$1
  while [ ! -e "$fs_folder" ]; do
    fs_folder=${fs_folder%/*}
    [ -n "$fs_folder" ] || fs_folder=/
  done
  TYPE=$(stat -L -f -c %T "$fs_folder") || cannot "the file system of $fs_folder cannot be told"
}

# check_names DIR STORE CONF: STORE is what is made where nothing is yet.
check_names() {
  read_osd "$1"
  [ "${OSD_STORE:-$2}" = filestore ] || return 0
  file_system "$1"
  case $TYPE in
    ext2/ext3 | ext4) ;;
    *) return 0 ;;
  esac
  cn_status=0
  for cn_key in 'osd max object name len' 'osd max object namespace len'; do
    conf_value "$3" "$cn_key" | grep -q . ||
      differs "$1 is on ext4, and $3 does not set \"$cn_key\": the daemon would end with (36) File name too long" ||
      cn_status=1
  done
  return "$cn_status"
}
