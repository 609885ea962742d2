# shellcheck shell=sh
# copies_zone: Ubuntu 14.04 keeps a copy of the zone's file as /etc/localtime, everything later a link to it.
copies_zone() {
  [ -f /etc/localtime ] && [ ! -L /etc/localtime ] || return 1
  cz_system=
  while IFS= read -r cz_line; do
    case $cz_line in
      ID=ubuntu | 'VERSION_ID="14.04"') cz_system=$cz_system+ ;;
    esac
  done </etc/os-release
  [ "$cz_system" = ++ ]
}

# saves_zone: does this system keep the zone's name in /etc/timezone?
saves_zone() {
  [ -e /etc/timezone ] || [ -e /etc/debian_version ]
}

check_zone() {
  cz_file=/usr/share/zoneinfo/$1 cz_status=0
  [ -d /usr/share/zoneinfo ] || differs "this host has no time zones: install tzdata" || return 1
  [ -f "$cz_file" ] || cannot "$1 is not a time zone of this host (there is no $cz_file)"
  if copies_zone; then
    cmp -s "$cz_file" /etc/localtime || differs "/etc/localtime is not a copy of $cz_file" || cz_status=1
  elif ! is_link /etc/localtime "$cz_file"; then
    case $LINK in
      */usr/share/zoneinfo/"$1") ;;
      *) differs "/etc/localtime is ${LINK:-no link}, not $cz_file" || cz_status=1 ;;
    esac
  fi
  if saves_zone; then
    cz_saved=
    [ ! -r /etc/timezone ] || IFS= read -r cz_saved </etc/timezone
    [ "$cz_saved" = "$1" ] || differs "/etc/timezone says \"$cz_saved\", not $1" || cz_status=1
  fi
  return "$cz_status"
}

apply_zone() {
  [ -f "/usr/share/zoneinfo/$1" ] || cannot "there is no /usr/share/zoneinfo/$1: install tzdata"
  if copies_zone; then
    replace_file /etc/localtime '' '' '' <"/usr/share/zoneinfo/$1" || return 2
  else
    keep_copy /etc/localtime && ln -sfn "/usr/share/zoneinfo/$1" /etc/localtime || return 2
  fi
  if saves_zone; then
    printf '%s\n' "$1" | replace_file /etc/timezone '' '' ''
  fi
}
