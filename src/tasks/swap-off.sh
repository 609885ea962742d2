# shellcheck shell=sh
# check_swap: is no swap in use, and none in /etc/fstab?
check_swap() {
  cs_status=0
  while read -r cs_device _; do
    case $cs_device in
      Filename) ;;
      *) differs "swap is on: $cs_device" || cs_status=1 ;;
    esac
  done </proc/swaps
  [ -r /etc/fstab ] || return "$cs_status"
  while read -r cs_device _ cs_type _ || [ -n "$cs_device" ]; do
    case $cs_device,$cs_type in
      '#'*) ;;
      *,swap) differs "/etc/fstab turns swap on: $cs_device" || cs_status=1 ;;
    esac
  done </etc/fstab
  return "$cs_status"
}

# mask_units: swap that systemd turns on without /etc/fstab (zram, a GPT partition of the swap type) would come back.
mask_units() {
  [ -d /run/systemd/system ] || return 0
  systemctl list-units --plain --no-legend --type=swap --state=active |
    while read -r mu_unit _; do
      case $(systemctl show -p SourcePath "$mu_unit") in
        SourcePath=/etc/fstab) ;;
        *) systemctl mask "$mu_unit" ;;
      esac
    done
}

apply_swap() {
  mask_units
  while read -r as_device _; do
    [ "$as_device" = Filename ] || swapoff "$(printf '%b' "$as_device")" || return 2
  done </proc/swaps
  [ -e /etc/fstab ] || return 0
  read_text /etc/fstab
  as_new=$(
    printf '%s' "$TEXT" |
      awk '$1 !~ /^#/ && $3 == "swap" { print "# swap turned off by provision: " $0; next } { print }'
  ) || cannot '/etc/fstab cannot be read'
  [ "$as_new" != "${TEXT%"$NL"}" ] || return 0
  printf '%s\n' "$as_new" | replace_file /etc/fstab '' '' '' || return 2
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}
