# shellcheck shell=sh
# Functions for the scripts of tasks. Given by the engine: $STATE (folder of our records on the host), $SECRETS (one file
# a secret), $MODE (look or apply), $PENDING (ids of the tasks that would change, in look mode), $RUN_ID.
# A check may only use the functions of the first part: they write nothing, not even to /tmp.

# shellcheck disable=SC2034 # for scripts of tasks
NL='
'

# have COMMAND: is it installed?
have() {
  command -v "$1" >/dev/null 2>&1
}

# pending ID: would this earlier task change something?
pending() {
  case " ${PENDING-} " in
    *" $1 "*) return 0 ;;
  esac
  return 1
}

# differs TEXT: says what differs.
differs() {
  printf '%s\n' "$1"
  return 1
}

# tell_evidence TEXT: nothing differs when there is nothing to say.
tell_evidence() {
  [ -z "$1" ] || differs "$1"
}

# known VARIABLE COMMAND...: what the variable holds where somebody has set it, and otherwise what the command prints.
known() {
  if eval "[ -n \"\${$1+set}\" ]"; then
    eval "printf '%s\n' \"\$$1\""
  else
    shift
    "$@"
  fi
}

# cannot TEXT: ends the script with what makes it impossible to go on.
cannot() {
  printf '%s\n' "$1"
  exit 2
}

# show_diff FILE: how the content on standard input differs from FILE, cut to 60 lines. A file that only its owner may
# read is not shown.
show_diff() {
  sd_old=$1
  [ -e "$sd_old" ] || sd_old=/dev/null
  case $(stat -L -c %a "$sd_old") in
    *00)
      cat >/dev/null
      printf '%s: content differs (private)\n' "$1"
      return 0
      ;;
  esac
  if ! have diff; then
    cat >/dev/null
    printf '%s: content differs\n' "$1"
    return 0
  fi
  diff -u -L "$sd_old" -L "$1 (declared)" "$sd_old" - 2>/dev/null |
    sed -n '1,60p; 61 { s/.*/(the rest is not shown)/p; q; }'
}

# read_text FILE: its whole content as $TEXT, final newlines included; empty when there is no such file.
read_text() {
  TEXT=
  [ -e "$1" ] || return 0
  [ -d "$1" ] && cannot "$1 is a folder"
  TEXT=$(cat "$1" && printf x) || cannot "$1 cannot be read"
  TEXT=${TEXT%x}
}

# is_link PATH TARGET: is it a symbolic link that says TARGET? $LINK is what it says, empty when it is no link.
is_link() {
  LINK=
  [ -L "$1" ] || return 1
  LINK=$(readlink "$1" && printf x)
  LINK=${LINK%?x}
  [ "$LINK" = "$2" ]
}

# has_content FILE SHA256
has_content() {
  [ -e "$1" ] || return 1
  [ -d "$1" ] && cannot "$1 is a folder"
  hc_sum=$(sha256sum <"$1") || cannot "$1 cannot be read"
  [ "${hc_sum%% *}" = "$2" ]
}

# has_attributes PATH MODE OWNER GROUP: mode as stat prints it, owner and group by name or number; '' for any.
has_attributes() {
  [ -n "$2$3$4" ] || return 0
  ha_rest=$(stat -L -c '%a/%u/%g/%U/%G' "$1") || cannot "$1 cannot be looked at"
  ha_mode=${ha_rest%%/*} ha_rest=${ha_rest#*/}
  ha_uid=${ha_rest%%/*} ha_rest=${ha_rest#*/}
  ha_gid=${ha_rest%%/*} ha_rest=${ha_rest#*/}
  ha_status=0
  [ -z "$2" ] || [ "$2" = "$ha_mode" ] || differs "$1: mode is $ha_mode, not $2" || ha_status=1
  [ -z "$3" ] || [ "$3" = "$ha_uid" ] || [ "$3" = "${ha_rest%%/*}" ] ||
    differs "$1: owner is ${ha_rest%%/*}, not $3" || ha_status=1
  [ -z "$4" ] || [ "$4" = "$ha_gid" ] || [ "$4" = "${ha_rest#*/}" ] ||
    differs "$1: group is ${ha_rest#*/}, not $4" || ha_status=1
  return "$ha_status"
}

# check_file PATH SHA256 MODE OWNER GROUP CONTENT: the check of a whole file; shows what differs.
check_file() {
  cf_status=0
  if ! has_content "$1" "$2"; then
    cf_status=1
    case $3 in
      *00) differs "$1: content differs (private)" || : ;;
      *) printf '%s' "$6" | show_diff "$1" ;;
    esac
  fi
  [ ! -e "$1" ] || has_attributes "$1" "$3" "$4" "$5" || cf_status=1
  return "$cf_status"
}

# has_words WORDS FILE...: are these the words in the files, one after the other? $FOUND are those that are there.
# For /proc/sys, and not by "read": dash reads one byte at a time, and a number there has no second one then.
has_words() {
  hw_words=$1
  shift
  FOUND=$(cat "$@" 2>/dev/null)
  set -f
  # shellcheck disable=SC2086 # to be split
  set -- $FOUND
  set +f
  FOUND=$*
  [ "$FOUND" = "$hw_words" ]
}

# has_setting KEY FILE VALUE: does the running kernel have it?
has_setting() {
  [ -e "$2" ] || differs "$1: this kernel does not have it (yet); its module is not loaded" || return 1
  has_words "$3" "$2" || differs "$1 is $FOUND, not $3"
}

# has_module FOLDER PATTERN FEATURE: is the module loaded (its folder in /sys), its feature there, or is it built in?
has_module() {
  [ ! -d "$1" ] || return 0
  [ -z "$3" ] || [ ! -e "$3" ] || return 0
  read -r hm_release </proc/sys/kernel/osrelease
  hm_builtin=/lib/modules/$hm_release/modules.builtin
  [ -r "$hm_builtin" ] && grep -q -e "$2" "$hm_builtin"
}

# From here on, only for apply.

# set_attributes PATH MODE OWNER GROUP: '' leaves one as it is.
set_attributes() {
  if [ -n "$3$4" ]; then
    chown -- "$3${4:+:$4}" "$1" || return 2
  fi
  if [ -n "$2" ]; then
    chmod "$2" "$1" || return 2
  fi
}

# keep_copy PATH: what is there and was not written by us is copied to $STATE/backup/$RUN_ID, once a run.
keep_copy() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  if [ ! -L "$1" ] && [ -r "$STATE/written$1.sha256" ]; then
    read -r kc_ours <"$STATE/written$1.sha256"
    kc_now=$(sha256sum <"$1")
    [ "${kc_now%% *}" != "$kc_ours" ] || return 0
  fi
  kc_copy=$STATE/backup/$RUN_ID$1
  if [ -e "$kc_copy" ] || [ -L "$kc_copy" ]; then
    return 0
  fi
  (umask 077 && mkdir -p "${kc_copy%/*}") && cp -pP "$1" "$kc_copy"
}

# new_file TARGET: makes the empty private file $NEW_FILE in the folder of $REAL_FILE, which is TARGET or, when TARGET is a
# link to something that exists, what it leads to. put_file then moves it into place.
new_file() {
  REAL_FILE=$1
  if [ -L "$1" ] && [ -e "$1" ]; then
    REAL_FILE=$(readlink -f "$1" && printf x) || return 2
    REAL_FILE=${REAL_FILE%?x}
  fi
  if [ -d "$REAL_FILE" ]; then
    differs "$REAL_FILE is a folder"
    return 2
  fi
  nf_folder=${REAL_FILE%/*}/
  [ -d "$nf_folder" ] || (umask 022 && mkdir -p "$nf_folder") || return 2
  # What a killed run may have left; the host's lock keeps out a second one.
  rm -f "$nf_folder".provision-new.??????
  NEW_FILE=$(mktemp "$nf_folder.provision-new.XXXXXX")
}

# put_file MODE OWNER GROUP: $NEW_FILE replaces $REAL_FILE. What is '' stays as it was; a file that was not there gets 0644.
# The same content is not written again: its time would tell services that it is new.
put_file() {
  if [ -f "$REAL_FILE" ] && cmp -s "$NEW_FILE" "$REAL_FILE"; then
    rm -f "$NEW_FILE"
    set_attributes "$REAL_FILE" "$1" "$2" "$3"
    return
  fi
  pf_mode=$1 pf_owner=$2 pf_group=$3
  if [ -e "$REAL_FILE" ]; then
    pf_was=$(stat -c '%a/%u/%g' "$REAL_FILE") || return 2
    pf_ids=${pf_was#*/}
    pf_mode=${1:-${pf_was%%/*}} pf_owner=${2:-${pf_ids%/*}} pf_group=${3:-${pf_ids#*/}}
  fi
  keep_copy "$REAL_FILE" &&
    set_attributes "$NEW_FILE" "${pf_mode:-644}" "$pf_owner" "$pf_group" &&
    pf_sum=$(sha256sum <"$NEW_FILE") &&
    mv -f "$NEW_FILE" "$REAL_FILE" || return 2
  pf_record=$STATE/written$REAL_FILE.sha256
  (umask 077 && mkdir -p "${pf_record%/*}" && printf '%s\n' "${pf_sum%% *}" >"$pf_record")
}

# replace_file TARGET MODE OWNER GROUP: standard input becomes the content of TARGET: written beside it, flushed to the
# disk, then renamed. See new_file and put_file.
replace_file() {
  if ! new_file "$1"; then
    cat >/dev/null
    return 2
  fi
  if rf_error=$(dd of="$NEW_FILE" bs=65536 conv=fsync 2>&1) && put_file "$2" "$3" "$4"; then
    return 0
  fi
  rm -f "$NEW_FILE"
  printf '%s could not be written\n%s\n' "$REAL_FILE" "$rf_error"
  return 2
}
