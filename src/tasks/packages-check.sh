# shellcheck shell=sh

# read_packages NAME...: what dpkg knows of them, in one question.
read_packages() {
  have dpkg-query || cannot 'this host has no dpkg: its packages must be installed in its own way, by hand'
  # shellcheck disable=SC2016 # dpkg's own variables
  PACKAGES="$NL$(dpkg-query -W -f '${Package} ${db:Status-Abbrev}|${Version}\n' -- "$@" 2>/dev/null)"
}

# package NAME: $PACKAGE_WANT and $PACKAGE_STATE are dpkg's letters, see dpkg-query(1); $PACKAGE_VERSION.
package() {
  PACKAGE_WANT=u PACKAGE_STATE=n PACKAGE_VERSION=
  case $PACKAGES in
    *"$NL$1 "*) ;;
    *) return 0 ;;
  esac
  pk_line=${PACKAGES#*"$NL$1 "}
  pk_line=${pk_line%%"$NL"*}
  PACKAGE_VERSION=${pk_line#*|}
  pk_line=${pk_line%%|*}
  PACKAGE_WANT=${pk_line%"${pk_line#?}"}
  pk_line=${pk_line#?}
  PACKAGE_STATE=${pk_line%"${pk_line#?}"}
  # The third letter is a bad error.
  case $pk_line in
    ?R*) PACKAGE_STATE=H ;;
  esac
}

# is_version VERSION PATTERN: '' for any; * and ? are wildcards; the part before the colon need not be there.
is_version() {
  # shellcheck disable=SC2254 # a pattern
  case $1 in
    ${2:-*}) return 0 ;;
  esac
  # shellcheck disable=SC2254
  case ${1#*:} in
    $2) return 0 ;;
  esac
  return 1
}

# installed_right NAME PATTERN: of the last package that was read; says what differs.
installed_right() {
  case $PACKAGE_STATE in
    # W and t: other packages still have to hear of it.
    i | W | t) is_version "$PACKAGE_VERSION" "$2" || differs "$1 is $PACKAGE_VERSION, not $2" ;;
    n | c) differs "$1 is not installed${2:+ ($2 is wanted)}" ;;
    *) differs "$1 is only half installed: its installation was interrupted" ;;
  esac
}

# held_right NAME HOLD: yes, no, or any.
held_right() {
  case $2$PACKAGE_WANT in
    any? | yesh) ;;
    yes?) differs "$1 is not on hold" ;;
    noh) differs "$1 is on hold" ;;
  esac
}

# check_packages HOLD NAME PATTERN NAME PATTERN ...
check_packages() {
  cp_status=0 cp_hold=$1
  shift
  while [ "$#" -gt 0 ]; do
    package "$1"
    if ! installed_right "$1" "$2"; then
      cp_status=1
    elif ! held_right "$1" "$cp_hold"; then
      cp_status=1
    fi
    shift 2
  done
  return "$cp_status"
}
