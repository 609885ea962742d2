# shellcheck shell=sh
# rewritten FILE PROGRAM: $NEW is the file with the mirror in it; succeeds when that is another text. The mirror comes in the
# environment: MIRROR, MIRROR_SECURITY, MIRROR_RELEASE.
rewritten() {
  case $1 in
    *.sources) rw_form=sources ;;
    *) rw_form=list ;;
  esac
  NEW=$(MIRROR_FORM=$rw_form awk "$2" "$1" && printf x) || cannot "$1 cannot be read"
  NEW=${NEW%x}
  read_text "$1"
  [ "$NEW" != "$TEXT" ]
}

# show_rewritten PROGRAM FILE...: how the files differ.
show_rewritten() {
  sr_program=$1 sr_status=0
  shift
  for sr_file in "$@"; do
    if [ -e "$sr_file" ] && rewritten "$sr_file" "$sr_program"; then
      printf '%s' "$NEW" | show_diff "$sr_file"
      sr_status=1
    fi
  done
  return "$sr_status"
}

# rewrite PROGRAM FILE...
rewrite() {
  rw_program=$1
  shift
  for rw_file in "$@"; do
    if [ -e "$rw_file" ] && rewritten "$rw_file" "$rw_program"; then
      printf '%s' "$NEW" | replace_file "$rw_file" '' '' '' || return 2
    fi
  done
}
