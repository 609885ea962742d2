# shellcheck shell=sh

# check_user NAME SHELL HOME GROUP...: '' for any shell or home.
check_user() {
  account "$1" || differs "user $1 does not exist" || return 1
  cu_status=0
  [ -z "$2" ] || [ "$LOGIN_SHELL" = "$2" ] || differs "the shell of $1 is $LOGIN_SHELL, not $2" || cu_status=1
  [ -z "$3" ] || [ "$HOME_FOLDER" = "$3" ] || differs "the home of $1 is $HOME_FOLDER, not $3" || cu_status=1
  [ -z "$3" ] || [ -d "$3" ] || differs "the home of $1, $3, is missing" || cu_status=1
  missing_groups "$@"
  [ -z "$MISSING" ] || differs "$1 is not in the group ${MISSING#,}" || cu_status=1
  return "$cu_status"
}

# missing_groups NAME SHELL HOME GROUP...: those that the user is not in, as $MISSING, a comma before each.
missing_groups() {
  MISSING='' mg_name=$1
  shift 3
  [ "$#" != 0 ] || return 0
  mg_has=" $(id -Gn -- "$mg_name") "
  for mg_group in "$@"; do
    case $mg_has in
      *" $mg_group "*) ;;
      *) MISSING="$MISSING,$mg_group" ;;
    esac
  done
}
