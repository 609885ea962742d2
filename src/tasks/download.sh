# shellcheck shell=sh
# fetch URL FILE: with curl or wget, whichever there is; no byte for a minute ends it.
fetch() {
  if have curl; then
    curl -fsSL --retry 3 --connect-timeout 20 --speed-limit 1 --speed-time 60 -o "$2" -- "$1"
  elif have wget; then
    wget -q -T 60 -O "$2" -- "$1"
  else
    differs 'neither curl nor wget is installed'
  fi
}

# download URL FILE SHA256 MODE: replaces FILE when all of it has come and the checksum is right.
download() {
  new_file "$2" || return 2
  trap 'rm -f "$NEW_FILE"' EXIT
  trap 'exit 143' HUP INT TERM
  printf 'downloading %s\n' "$1"
  fetch "$1" "$NEW_FILE" &
  dl_fetch=$! dl_seconds=0
  while kill -0 "$dl_fetch" 2>/dev/null; do
    sleep 1
    dl_seconds=$((dl_seconds + 1))
    [ "$((dl_seconds % 5))" != 0 ] || printf '%s KiB after %s s\n' "$(($(stat -c %s "$NEW_FILE") / 1024))" "$dl_seconds"
  done
  wait "$dl_fetch" || cannot "$1 could not be downloaded"
  has_content "$NEW_FILE" "$3" || cannot "what came from $1 has another checksum than $3"
  sync "$NEW_FILE" 2>/dev/null || :
  put_file "$4" '' ''
}
