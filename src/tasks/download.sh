# shellcheck shell=sh
# fetch URL FILE: becomes curl or wget, whichever there is. (wget gets no time limits: some of busybox crash on -T.)
fetch() {
  if have curl; then
    exec curl -fsSL --retry 3 --connect-timeout 20 -o "$2" -- "$1"
  elif have wget; then
    exec wget -q -O "$2" -- "$1"
  fi
  cannot 'neither curl nor wget is installed'
}

# download URL FILE SHA256 MODE: replaces FILE when all of it has come and the checksum is right. When nothing comes for a
# minute, it ends.
download() {
  new_file "$2" || return 2
  dl_fetch='' dl_seconds=0 dl_size=0 dl_moved=0
  trap 'rm -f "$NEW_FILE"' EXIT
  trap 'kill "$dl_fetch"; exit 143' HUP INT TERM
  printf 'downloading %s\n' "$1"
  fetch "$1" "$NEW_FILE" &
  dl_fetch=$!
  while sleep 1 && kill -0 "$dl_fetch" 2>/dev/null; do
    dl_seconds=$((dl_seconds + 1))
    [ "$((dl_seconds % 5))" = 0 ] || continue
    dl_now=$(stat -c %s "$NEW_FILE")
    printf '%s KiB after %s s\n' "$((dl_now / 1024))" "$dl_seconds"
    [ "$dl_now" = "$dl_size" ] || dl_moved=$dl_seconds
    dl_size=$dl_now
    if [ "$((dl_seconds - dl_moved))" -ge 60 ]; then
      kill "$dl_fetch"
      cannot "nothing more came from $1 for a minute"
    fi
  done
  wait "$dl_fetch" || cannot "$1 could not be downloaded"
  has_content "$NEW_FILE" "$3" || cannot "what came from $1 has another checksum than $3"
  sync "$NEW_FILE" 2>/dev/null || :
  put_file "$4" '' ''
}
