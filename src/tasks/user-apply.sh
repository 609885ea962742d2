# shellcheck shell=sh

# apply_user KIND NAME SHELL HOME GROUP...: KIND is "system" or "person" and counts for a new user only. Nobody loses a
# group, and a home that moves stays where it was too.
apply_user() {
  au_kind=$1
  shift
  have useradd || cannot 'this host has no useradd: install shadow-utils'
  if ! account "$1"; then
    new_user "$au_kind" "$@" || return 2
    account "$1" || return 2
  fi
  if [ -n "$2" ] && [ "$LOGIN_SHELL" != "$2" ]; then
    usermod -s "$2" -- "$1" || return 2
  fi
  if [ -n "$3" ] && [ "$HOME_FOLDER" != "$3" ]; then
    usermod -d "$3" -- "$1" || return 2
  fi
  if [ -n "$3" ] && [ ! -d "$3" ]; then
    home_folder "$1" "$3" || return 2
  fi
  missing_groups "$@"
  [ -z "$MISSING" ] || usermod -a -G "${MISSING#,}" -- "$1" || return 2
}

new_user() {
  nu_name=$2 nu_shell=$3 nu_home=$4
  if [ "$1" = system ]; then
    set -- -r
    [ -z "$nu_home" ] || set -- -r -m
  else
    set -- -m
  fi
  [ -z "$nu_shell" ] || set -- "$@" -s "$nu_shell"
  [ -z "$nu_home" ] || set -- "$@" -d "$nu_home"
  # A group of this name, made by hand, becomes the user's own.
  if getent group "$nu_name" >/dev/null; then
    set -- "$@" -g "$nu_name"
  fi
  useradd "$@" -- "$nu_name"
}

home_folder() {
  mkdir -p -- "${2%/*}/" && cp -R /etc/skel "$2" && chown -R -- "$1:$(id -gn -- "$1")" "$2" && chmod 0700 "$2"
}
