# shellcheck shell=sh

# stamp_of UNIT: where we note with which content of its files a service was last started by us; gone after a reboot.
stamp_of() {
  STAMP=${PROVISION_RUN_ROOT:-/run/provision}/started/$1
}

# read_running UNIT: is it running? $START is the id of this start of it.
read_running() {
  read_unit "$1" ActiveState,InvocationID,NeedDaemonReload,ExecMainStartTimestampMonotonic
  unit_property InvocationID
  START=$VALUE
  # systemd before 232 has no id.
  unit_property ExecMainStartTimestampMonotonic
  START=$START/$VALUE
  unit_property ActiveState
  case $VALUE in
    active | reloading | refreshing) return 0 ;;
  esac
  return 1
}

# contents FILE...: their checksums as $CONTENTS; a missing file is left out.
contents() {
  CONTENTS=$(sha256sum -- "$@" 2>/dev/null)
  CONTENTS=${CONTENTS:-none}
}

# start_time UNIT OBJECT: when the service was started, in milliseconds, as $STARTED. D-Bus tells it exactly; a host without
# a bus tells the second, and what was written within it counts as written later.
start_time() {
  if st_told=$(busctl get-property org.freedesktop.systemd1 "/org/freedesktop/systemd1/unit/$2" \
    org.freedesktop.systemd1.Service ExecMainStartTimestamp 2>/dev/null); then
    STARTED=$((${st_told#t } / 1000))
  else
    st_told=$(TZ=UTC systemctl show -p ExecMainStartTimestamp -- "$1")
    STARTED=$(date -d "${st_told#*=}" +%s)000
    [ "$STARTED" != 000 ] || cannot "systemd does not tell when $1 was started"
  fi
}

# newer_files FILE...: those written since $STARTED, as $NEWER. The kernel rounds the times of files down by up to 10 ms,
# so as much counts as newer.
newer_files() {
  NEWER=
  for nf_file in "$@"; do
    [ -e "$nf_file" ] || continue
    nf_text=$(stat -L -c '%Y %y' -- "$nf_file") || continue
    nf_fraction=${nf_text#*.}
    [ "$nf_fraction" != "$nf_text" ] || nf_fraction=999
    nf_fraction=${nf_fraction%"${nf_fraction#???}"}
    # 1 in front, so that 089 is no octal number.
    [ "$((${nf_text%% *} * 1000 + 1$nf_fraction - 990))" -lt "$STARTED" ] || NEWER="$NEWER $nf_file"
  done
}

# check_restart UNIT OBJECT TASKS FILE...
check_restart() {
  cr_unit=$1 cr_object=$2 cr_tasks=$3
  shift 3
  if ! runs_systemd; then
    cannot "whether $cr_unit must be restarted can only be told on hosts with systemd"
  fi
  stamp_of "$cr_unit"
  if ! read_running "$cr_unit"; then
    # Starting it is another task's; but a restart of ours that failed is not forgotten.
    [ "$MODE" = look ] || [ ! -e "$STAMP.restarting" ] || differs "$cr_unit did not come back after its restart"
    return
  fi
  for cr_task in $cr_tasks; do
    ! pending "$cr_task" || differs "$cr_unit must be restarted after $cr_task" || return 1
  done
  case $UNIT_TOLD in
    *NeedDaemonReload=yes*) differs "the unit file of $cr_unit, or a drop-in, has changed since systemd read it" || return 1 ;;
  esac
  if [ -e "$STAMP" ] && cr_noted=$(cat "$STAMP") && [ "${cr_noted%%"$NL"*}" = "$START" ]; then
    contents "$@"
    [ "$cr_noted" = "$START$NL$CONTENTS" ] || differs "$cr_unit runs with an older content of its files" || return
    # With the content of before, too: a plan that has a file put back cannot know that it will be that.
    NEWER=$(find -L "$@" -prune -newer "$STAMP" 2>/dev/null | sed 's/^/ /' | tr -d '\n')
  else
    start_time "$cr_unit" "$cr_object"
    newer_files "$@"
  fi
  [ -z "$NEWER" ] || differs "$cr_unit was started before these files were written:$NEWER"
}

# apply_restart UNIT VERB FILE...
apply_restart() {
  ar_unit=$1 ar_verb=$2
  shift 2
  stamp_of "$ar_unit"
  mkdir -p "${STAMP%/*}" && : >"$STAMP.restarting" || return 2
  # systemd does not always notice that there is a first drop-in.
  systemctl daemon-reload || return 2
  # What is noted is what was there before: a change while it restarts is due again.
  contents "$@"
  systemctl reset-failed -- "$ar_unit" 2>/dev/null
  { systemctl "$ar_verb" -- "$ar_unit" && stays_active "$ar_unit"; } || explain_unit "$ar_unit" || return 2
  read_running "$ar_unit" || return 2
  printf '%s\n%s\n' "$START" "$CONTENTS" >"$STAMP" && rm -f "$STAMP.restarting"
}
