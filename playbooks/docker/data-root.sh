# shellcheck shell=sh
# current_root FILE: $CURRENT is the data root that the engine has now: what daemon.json says, else the engine's default;
# $NAMED says whether it does.
current_root() {
  CURRENT=/var/lib/docker NAMED=no
  [ -r "$1" ] || return 0
  while IFS= read -r cr_line || [ -n "$cr_line" ]; do
    case $cr_line in
      *'"data-root"'*:*) cr_line=${cr_line#*'"data-root"'} ;;
      *'"graph"'*:*) cr_line=${cr_line#*'"graph"'} ;;
      *) continue ;;
    esac
    cr_line=${cr_line#*\"}
    case $cr_line in
      /*\"*) CURRENT=${cr_line%%\"*} NAMED=yes ;;
    esac
  done <"$1"
}

# holds_data ROOT: images, containers or volumes; a root in which the engine only made its folders holds none.
holds_data() {
  for hd_each in "$1"/image/*/imagedb/content/sha256/* "$1"/containers/* "$1"/volumes/*/_data; do
    [ ! -e "$hd_each" ] || return 0
  done
  return 1
}

# check_root FILE ROOT: is the data where it is to be, or is there none?
check_root() {
  current_root "$1"
  [ "$CURRENT" != "$2" ] || return 0
  if [ -e "$2/.provision-copying" ]; then
    differs "the copy from $CURRENT to $2 was interrupted and begins anew"
    return
  fi
  holds_data "$CURRENT" || return 0
  if holds_data "$2"; then
    is_our_copy "$CURRENT" "$2" ||
      cannot "both $CURRENT, which is in use, and $2 hold images, containers or volumes. Move away the one that is not to be used, then run again"
    return 0
  fi
  differs "images, containers and volumes move from $CURRENT to $2; the containers of this host stop meanwhile"
}

# is_our_copy FROM TO: did we copy, and is the old data no longer used? A daemon.json that was lost names neither.
is_our_copy() {
  ic_from=
  [ -r "$2/.provision-copied-from" ] || return 1
  IFS= read -r ic_from <"$2/.provision-copied-from"
  [ "$ic_from" = "$1" ] || return 1
  [ "$NAMED" = no ] || [ ! -e /run/docker.pid ]
}

# has_room FROM TO: with a tenth to spare. Kilobytes.
has_room() {
  hr_needed=$(du -skx "$1") || return 2
  hr_needed=$((${hr_needed%%[!0-9]*} * 11 / 10))
  hr_free=$(df -Pk "$2" | { read -r _ && read -r _ _ _ hr_free _ && printf '%s\n' "$hr_free"; })
  [ "$hr_free" -gt "$hr_needed" ] ||
    differs "$2 has $((hr_free / 1024)) MiB free, and the data in $1 needs $((hr_needed / 1024)) MiB"
}

# copy_root FROM TO: with progress. The mark in TO is there until the copy is whole.
copy_root() {
  if [ -e "$2/.provision-copying" ]; then
    find "$2" -mindepth 1 -maxdepth 1 ! -name .provision-copying -exec rm -rf {} +
  fi
  : >"$2/.provision-copying"
  cp -a "$1/." "$2/" &
  cp_pid=$!
  cp_passed=0
  while kill -0 "$cp_pid" 2>/dev/null; do
    sleep 1
    cp_passed=$((cp_passed + 1))
    [ "$((cp_passed % 5))" -ne 0 ] || printf 'copying %s to %s (%s s)\n' "$1" "$2" "$cp_passed"
  done
  wait "$cp_pid" || return 2
  printf '%s\n' "$1" >"$2/.provision-copied-from"
  sync
  rm -f "$2/.provision-copying"
}

# move_root FILE ROOT: stops the engine and copies; the service task starts it with its new settings.
move_root() {
  current_root "$1"
  mkdir -p "$2" && chmod 0711 "$2" || return 2
  has_room "$CURRENT" "$2" || return 2
  systemctl stop docker.socket docker.service || return 2
  while read -r _ mr_point _; do
    case $mr_point in
      "$CURRENT"/*/*)
        printf '%s is still mounted by a container: with "live-restore" they outlive the engine. Stop the containers of this host first.\n' "$mr_point"
        systemctl start docker.service
        return 2
        ;;
    esac
  done </proc/self/mounts
  copy_root "$CURRENT" "$2" || return 2
  printf 'the old copy stays in %s: remove it when all is well\n' "$CURRENT"
}
