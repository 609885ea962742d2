# shellcheck shell=sh
# is_up PIDFILE PROGRAM: does it run?
is_up() {
  iu_pid='' iu_name=
  [ -r "$1" ] || return 1
  # Not every daemon ends it with a newline.
  read -r iu_pid <"$1" || [ -n "$iu_pid" ] || return 1
  [ -r "/proc/$iu_pid/comm" ] && read -r iu_name <"/proc/$iu_pid/comm" && [ "$iu_name" = "$2" ]
}

# starts_with_host UNIT: by the link that enabling makes; one that is masked is a link itself.
starts_with_host() {
  [ -e "/etc/systemd/system/multi-user.target.wants/$1" ] && [ ! -L "/etc/systemd/system/$1" ]
}

# is_current PIDFILE TASKS FILE...: will it stay so that no file was written since the daemon started? A file that is written
# anew with the content of before counts too: a plan cannot know that it will have it.
is_current() {
  ic_pid_file=$1 ic_tasks=$2
  shift 2
  for ic_task in $ic_tasks; do
    ! pending "$ic_task" || differs "after $ic_task" || return 1
  done
  for ic_file in "$@"; do
    # shellcheck disable=SC3013 # dash, busybox ash and bash know it
    [ ! "$ic_file" -nt "$ic_pid_file" ] || differs "$ic_file was written after the service had started" || return 1
  done
}

# runs_old_program: was the program of is_up replaced by an upgrade since?
runs_old_program() {
  case $(readlink "/proc/$iu_pid/exe") in
    *' (deleted)') echo 'the program was upgraded, and the old one still runs' ;;
    *) return 1 ;;
  esac
}
