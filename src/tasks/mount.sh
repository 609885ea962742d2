# shellcheck shell=sh
# in_fstab DEVICE POINT TYPE OPTIONS: words as they are written in /etc/fstab.
in_fstab() {
  [ -r /etc/fstab ] || return 1
  while read -r if_device if_point if_type if_options _ || [ -n "$if_device" ]; do
    [ "$if_device $if_point $if_type $if_options" != "$1 $2 $3 $4" ] || return 0
  done </etc/fstab
  return 1
}

# is_mounted POINT: as it is written in /proc/mounts, where newer kernels also escape a #.
is_mounted() {
  im_escaped=$1
  case $1 in
    *'#'*) im_escaped=$(printf '%s' "$1" | sed 's/#/\\043/g') ;;
  esac
  while read -r _ im_point _; do
    if [ "$im_point" = "$1" ] || [ "$im_point" = "$im_escaped" ]; then
      return 0
    fi
  done </proc/mounts
  return 1
}

# set_fstab LINE POINT: LINE takes the place of what mounts at POINT.
set_fstab() {
  read_text /etc/fstab
  sf_new=$(
    printf '%s' "$TEXT" | FSTAB_LINE=$1 FSTAB_POINT=$2 awk '
      function put() { if (!done) print ENVIRON["FSTAB_LINE"]; done = 1 }
      $1 !~ /^#/ && ($2 "") == (ENVIRON["FSTAB_POINT"] "") { put(); next }
      { print }
      END { put() }'
  ) || cannot '/etc/fstab cannot be read'
  printf '%s\n' "$sf_new" | replace_file /etc/fstab '' '' '' || return 2
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}
