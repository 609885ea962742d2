# shellcheck shell=sh
# The part of provision that runs on a host: judging tasks (look), running them detached (run), telling how it goes (follow).
# POSIX sh only: dash, busybox ash and bash. docs/architecture.md describes the lines that it prints.

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
export LC_ALL PATH

PROVISION_RUN_ROOT=${PROVISION_RUN_ROOT:-/run/provision}
STATE=${STATE:-/var/lib/provision}
PENDING=${PENDING:-}

# ---- look: every check in one go, nothing written ----

# Prints text as lines that cannot be taken for events.
print_lines() {
  [ -n "$1" ] || return 0
  while IFS= read -r print_line; do
    printf '|%s\n' "$print_line"
  done <<EOF
$1
EOF
}

# look INDEX ID KIND [AFTER...]: judges one task by its function check_INDEX. KIND is "plain", or "output" when a
# function output_INDEX tells the value that the host hands on. A check that does not pass while a task of AFTER would
# change something says nothing yet: it is known after that one.
look() {
  look_index=$1 look_id=$2 look_kind=$3
  shift 3
  look_text=$(exec </dev/null 2>&1; "check_$look_index")
  look_code=$?
  print_lines "$look_text"
  if [ "$look_code" -eq 0 ]; then
    printf '{"t":"check","i":%s,"rc":0}\n' "$look_index"
    [ "$look_kind" = plain ] || tell_output "$look_index"
    return 0
  fi
  PENDING="$PENDING $look_id"
  for look_after in "$@"; do
    case " $PENDING " in
      *" $look_after "*)
        printf '{"t":"after","i":%s,"on":"%s"}\n' "$look_index" "$look_after"
        return 0
        ;;
    esac
  done
  printf '{"t":"check","i":%s,"rc":%s}\n' "$look_index" "$look_code"
}

tell_output() {
  output_text=$(exec </dev/null 2>/dev/null; "output_$1") || return 0
  print_lines "$output_text"
  printf '{"t":"output","i":%s}\n' "$1"
}

# Says who is at work on the host, if anyone.
tell_holder() {
  [ -e "$PROVISION_RUN_ROOT/lock" ] || return 0
  flock -n "$PROVISION_RUN_ROOT/lock" true && return 0
  printf '{"t":"busy","owner":%s}\n' "$(cat "$PROVISION_RUN_ROOT/owner" 2>/dev/null || echo null)"
}

# ---- launch: the run folder is complete, start the run so that it outlives the connection ----

# A run folder is made by whoever is first: a program that was sent twice after a lost connection runs once.
claim_folder() {
  mkdir -p "$PROVISION_RUN_ROOT/runs" && chmod 0700 "$PROVISION_RUN_ROOT" "$PROVISION_RUN_ROOT/runs" || return 2
  mkdir -p "$(dirname "$1")" && mkdir "$1" 2>/dev/null
}

# Keeps the folders of the newest runs for an operator to read; they are in memory, so only a few.
prune_folders() {
  prune_count=0
  for prune_folder in "$PROVISION_RUN_ROOT"/runs/*; do
    prune_count=$((prune_count + 1))
  done
  for prune_folder in "$PROVISION_RUN_ROOT"/runs/*; do
    [ "$prune_count" -gt 6 ] || break
    rm -rf "$prune_folder"
    prune_count=$((prune_count - 1))
  done
}

# launch FOLDER UNIT: a systemd unit of its own has its own cgroup, so neither the end of the ssh session nor a restart of
# sshd reaches it; elsewhere a new session does as much as can be done. --collect came with systemd 236.
launch() {
  : >"$1/events"
  : >"$1/out"
  if [ -d /run/systemd/system ] && command -v systemd-run >/dev/null 2>&1; then
    systemd-run --quiet --collect --setenv=PROVISION_RUN_ROOT="$PROVISION_RUN_ROOT" --unit="$2" /bin/sh "$1/runtime.sh" run "$1" >/dev/null 2>&1 </dev/null && return 0
    systemd-run --quiet --setenv=PROVISION_RUN_ROOT="$PROVISION_RUN_ROOT" --unit="$2" /bin/sh "$1/runtime.sh" run "$1" >/dev/null 2>&1 </dev/null && return 0
  fi
  if command -v setsid >/dev/null 2>&1; then
    setsid /bin/sh "$1/runtime.sh" run "$1" >/dev/null 2>&1 </dev/null &
  else
    nohup /bin/sh "$1/runtime.sh" run "$1" >/dev/null 2>&1 </dev/null &
  fi
}

# ---- run: the detached part ----

event() {
  printf '%s\n' "$1" >>"$RUN/events"
}

# How far the output has come, so that the controller can give each line to its task.
output_size() {
  wc -c <"$RUN/out" | tr -d ' '
}

# step KIND SECONDS: one file of a task in a process of its own. The lock is closed in it, or a daemon that it starts
# would hold the lock for ever.
step() {
  step_file="$RUN/tasks/$task_index-$task_id.$1"
  if command -v timeout >/dev/null 2>&1; then
    timeout -k 10 "$2" /bin/sh "$step_file" >>"$RUN/out" 2>&1 </dev/null 9>&-
  else
    /bin/sh "$step_file" >>"$RUN/out" 2>&1 </dev/null 9>&-
  fi
  step_code=$?
  if [ "$step_code" -eq 124 ]; then
    printf 'provision: the %s did not end within %s s and was stopped\n' "$1" "$2" >>"$RUN/out"
  fi
  return "$step_code"
}

# One task: check, apply when it differs, check again. Returns 0 when the host is as desired afterwards.
run_task() {
  event "{\"t\":\"start\",\"i\":$task_index,\"o\":$(output_size)}"
  step check "$task_check_timeout"
  task_code=$?
  event "{\"t\":\"check\",\"i\":$task_index,\"rc\":$task_code,\"o\":$(output_size)}"
  [ "$task_code" -eq 0 ] && return 0
  [ "$task_code" -eq 1 ] && [ "$task_kind" = apply ] || return 1
  step apply "$task_apply_timeout"
  event "{\"t\":\"apply\",\"i\":$task_index,\"rc\":$?,\"o\":$(output_size)}"
  step check "$task_check_timeout"
  task_code=$?
  event "{\"t\":\"verify\",\"i\":$task_index,\"rc\":$task_code,\"o\":$(output_size)}"
  [ "$task_code" -eq 0 ]
}

finish() {
  rm -rf "$RUN/secrets"
  rm -f "$PROVISION_RUN_ROOT/owner"
  event "{\"t\":\"end\",\"rc\":$1,\"o\":$(output_size)}"
  printf '%s\n' "$1" >"$RUN/rc.new"
  mv "$RUN/rc.new" "$RUN/rc"
}

run() {
  RUN=$1
  export RUN PROVISION_RUN_ROOT STATE
  trap '' HUP PIPE
  printf '%s\n' "$$" >"$RUN/pid"
  if ! command -v flock >/dev/null 2>&1; then
    event '{"t":"missing","what":"flock"}'
    rm -rf "$RUN/secrets"
    echo 69 >"$RUN/rc"
    exit 69
  fi
  exec 9>>"$PROVISION_RUN_ROOT/lock"
  if ! flock -n 9; then
    event "{\"t\":\"busy\",\"owner\":$(cat "$PROVISION_RUN_ROOT/owner" 2>/dev/null || echo null)}"
    rm -rf "$RUN/secrets"
    echo 75 >"$RUN/rc"
    exit 75
  fi
  cat "$RUN/owner" >"$PROVISION_RUN_ROOT/owner"
  run_code=70
  trap 'finish "$run_code"' EXIT
  trap 'exit 143' TERM INT
  umask 022
  while read -r task_index task_id task_kind task_check_timeout task_apply_timeout <&8; do
    if ! run_task; then
      run_code=1
      exit 1
    fi
  done 8<"$RUN/order"
  run_code=0
}

# ---- follow: attached, tells what the detached part has written ----

# frame NAME FILE FROM TO
frame() {
  [ "$4" -gt "$3" ] || return 0
  printf '{"t":"frame","of":"%s","n":%s}\n' "$1" "$(($4 - $3))"
  tail -c "+$(($3 + 1))" "$2" | head -c "$(($4 - $3))"
}

# follow FOLDER EVENTS_OFFSET OUT_OFFSET. The size of the output is read first and the events are sent first: the start of
# a task is always there before its output.
follow() {
  follow_run=$1 follow_events=$2 follow_out=$3 follow_gone=0
  if [ ! -f "$follow_run/events" ]; then
    printf '{"t":"absent"}\n'
    return 0
  fi
  while :; do
    follow_done=no
    [ -f "$follow_run/rc" ] && follow_done=yes
    follow_out_to=$(wc -c <"$follow_run/out")
    follow_to=$(wc -c <"$follow_run/events")
    frame events "$follow_run/events" "$follow_events" "$follow_to"
    frame out "$follow_run/out" "$follow_out" "$follow_out_to"
    follow_events=$follow_to follow_out=$follow_out_to
    if [ "$follow_done" = yes ]; then
      if [ -f "$follow_run/outputs.sh" ] && [ "$(cat "$follow_run/rc")" = 0 ]; then
        RUN=$follow_run /bin/sh "$follow_run/outputs.sh"
      fi
      printf '{"t":"done"}\n'
      return 0
    fi
    # The unit needs a moment to start; after that a missing process without an end was killed.
    if [ ! -f "$follow_run/pid" ] || ! kill -0 "$(cat "$follow_run/pid")" 2>/dev/null; then
      follow_gone=$((follow_gone + 1))
      if [ "$follow_gone" -gt 50 ] || { [ -f "$follow_run/pid" ] && [ "$follow_gone" -gt 3 ]; }; then
        printf '{"t":"gone"}\n'
        return 0
      fi
    fi
    sleep 0.1 2>/dev/null || sleep 1
  done
}

# Runs that have not ended, one line each, for `up --attach`.
list_runs() {
  for list_folder in "$PROVISION_RUN_ROOT"/runs/*/*/; do
    [ -f "${list_folder}meta.json" ] || continue
    [ ! -f "${list_folder}rc" ] || continue
    list_name=${list_folder%/}
    printf '{"t":"run","folder":"%s","meta":%s}\n' "${list_name#"$PROVISION_RUN_ROOT/"}" "$(cat "${list_folder}meta.json")"
  done
}

case ${1:-} in
  run) run "$2" ;;
esac
