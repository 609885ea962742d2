# shellcheck shell=sh
# Tries addresses with apt's own methods, so that no other program need be there. Certificates are not judged: whoever uses
# the address later does that, apt by signature.

# begin_reaching: a private folder for what is fetched, and apt settings with the proxy of the inventory when it has one.
begin_reaching() {
  br_helper=/usr/lib/apt/apt-helper
  [ -x "$br_helper" ] || cannot "$br_helper is missing: this version of apt is too old"
  br_folder=$(mktemp -d) || exit 2
  trap 'rm -rf "$br_folder"' EXIT
  : >"$br_folder/apt.conf"
  [ ! -r "$SECRETS/apt-proxy" ] || cat "$SECRETS/apt-proxy" >"$br_folder/apt.conf"
}

# reach WHAT URL: does a server answer there? Says what is the matter if not. That a registry wants a login is an answer.
reach() {
  re_answer=$(timeout 40 "$br_helper" -c "$br_folder/apt.conf" \
    -o APT::Sandbox::User=root -o Acquire::Retries=1 \
    -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 \
    -o Acquire::https::Verify-Peer=false -o Acquire::https::Verify-Host=false \
    download-file "$2" "$br_folder/answer" 2>&1) && return 0
  re_status=$?
  case $1,$re_answer in
    registry,*' 401 '* | registry,*' 404 '* | registry,*' 405 '*) return 0 ;;
  esac
  re_why=
  while IFS= read -r re_line; do
    case $re_line in
      'E: Failed to fetch '*) re_why=${re_line#"E: Failed to fetch $2"} ;;
      'E: '*) [ -n "$re_why" ] || re_why=${re_line#E: } ;;
    esac
  done <<END
$re_answer
END
  [ "$re_status" -ne 124 ] || re_why='no answer within 40 s'
  set -f
  # shellcheck disable=SC2086 # runs of blanks become one
  set -- "$1" "$2" $re_why
  set +f
  re_what=$1 re_url=$2
  shift 2
  printf 'cannot reach the %s %s: %s\n' "$re_what" "$re_url" "$*"
  return 1
}

# host_sources: the InRelease files of the package sources that the host has now.
host_sources() {
  apt-get update --print-uris 2>/dev/null | while IFS= read -r hs_line; do
    case $hs_line in
      "'"*/InRelease"'"*)
        hs_line=${hs_line#\'}
        printf '%s\n' "${hs_line%%\'*}"
        ;;
    esac
  done
}
