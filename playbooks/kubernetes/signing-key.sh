# shellcheck shell=sh
# A public key in ASCII armor, known by its fingerprint. $KEY_PACKETS is the program of signing-key.awk.

# key_bytes FILE: its binary form. More than one block is read as one, and found to hold more than one key.
key_bytes() {
  awk '
    /^-----BEGIN PGP PUBLIC KEY BLOCK-----/ { inside = 1; next }
    /^-----END / || /^=/ { inside = 0 }
    inside && !/:/ && NF { print $1 }
  ' "$1" | tr -d '\r' | base64 -d 2>/dev/null
}

# read_key FILE: $KEY_FINGERPRINT in capitals, empty when FILE is not exactly one key; $KEY_ENDS.
read_key() {
  KEY_FINGERPRINT='' KEY_ENDS=0
  [ -s "$1" ] || return 0
  # shellcheck disable=SC2046 # to be split
  set -- "$1" $(key_bytes "$1" | od -An -v -tu1 | awk "$KEY_PACKETS")
  [ $# -eq 4 ] && [ "$2" = 1 ] && [ "$3" -gt 0 ] || return 0
  KEY_ENDS=$4
  KEY_FINGERPRINT=$(key_bytes "$1" | head -c "$3" | sha1sum | tr a-f A-F)
  KEY_FINGERPRINT=${KEY_FINGERPRINT%% *}
}

# check_key FILE FINGERPRINT: does the file hold this key alone, and is it still good?
check_key() {
  [ -e "$1" ] || differs "$1 is missing" || return
  read_key "$1"
  [ "$KEY_FINGERPRINT" = "$2" ] || differs "$1 is not the key $2" || return
  [ "$KEY_ENDS" = 0 ] || [ "$KEY_ENDS" -gt "$(date +%s)" ] ||
    differs "the key in $1 ended on $(date -u -d "@$KEY_ENDS" +%Y-%m-%d)"
}

# fetch_key URL FILE: as apt fetches packages, so that its proxy is used.
fetch_key() {
  /usr/lib/apt/apt-helper -q -o APT::Sandbox::User=root -o Acquire::Retries=3 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 \
    download-file "$1" "$2"
}

# apply_key URL FILE FINGERPRINT
apply_key() {
  new_file "$2" || return 2
  trap 'rm -f "$NEW_FILE"' EXIT
  fetch_key "$1" "$NEW_FILE" || cannot "$1 could not be downloaded. Open the way to it, or set kubernetes.repository to a mirror, or kubernetes.source to folder"
  read_key "$NEW_FILE"
  [ "$KEY_FINGERPRINT" = "$3" ] || cannot "what came from $1 is not the key $3: ${KEY_FINGERPRINT:-no key at all}"
  [ "$KEY_ENDS" = 0 ] || [ "$KEY_ENDS" -gt "$(date +%s)" ] ||
    cannot "the key at $1 ended on $(date -u -d "@$KEY_ENDS" +%Y-%m-%d). Is the clock of this host right? Otherwise the repository must renew it"
  put_file 644 root root
}
