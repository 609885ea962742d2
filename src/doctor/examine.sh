# shellcheck shell=sh
# What doctor asks of a host, in one go. Writes nothing. Each answer is: a line "KIND NAME", what was said with a bar in front of
# each line, and a line "end CODE".

# Seconds for one question, and for all of them where none needs long.
PATIENCE=60

# answers FROM TO: what the questions from the one to before the other answer, as answer.sh has it. $QUESTIONS is that, and they.
answers() {
  printf '%s\n' "$QUESTIONS" | timeout -k 5 "$PATIENCE" sh -s "$1" "$2"
}

# ask COUNT: one process answers all questions, which is quick; what it says is passed on at once. Where that does not come to its end, the question
# that it stopped at is asked alone, with all the time for itself, and then those after it.
ask() {
  exec 3>&1
  ask_next=0
  while [ "$ask_next" -lt "$1" ]; do
    ask_done=$(answers "$ask_next" "$1" 4>&1 >&3)
    ask_next=$((ask_next + ${#ask_done}))
    [ "$ask_next" -lt "$1" ] || break
    ask_done=$(answers "$ask_next" "$((ask_next + 1))" 4>&1 >&3)
    ask_code=$?
    [ -n "$ask_done" ] || printf 'end %s\n' "$ask_code"
    ask_next=$((ask_next + 1))
  done
  exec 3>&-
}

# notable: of the lines of logs on standard input, those that tell of something that went wrong, each kind once (numbers aside), the
# newest 300 of each log. A log is what stands behind a line "==> NAME <==", as tail -v writes it. That a container wrote a line to stderr is no error.
notable() {
  awk '
    function tell(  i) {
      if (name == "") return
      print "log " name
      for (i = count > 300 ? count - 299 : 1; i <= count; i++) print "|" substr(kept[i], 1, 1000)
      print "end 0"
      count = 0
      split("", seen)
    }
    /^==> .* <==$/ { tell(); name = substr($0, 5, length($0) - 8); next }
    {
      low = tolower($0)
      if ($0 !~ /^[EWF][0-9][0-9][0-9][0-9]/ && low !~ /(^|[^d])err(or)?[^a-z]|fail|denied|refused|time?out|cannot|unable|not found|no such|invalid|already|exhaust|too |no ip|pressure|reclaim|locked|unauthorized|panic| -1 /) next
      kind = $0
      gsub(/[0-9a-f]*[0-9][0-9a-f]*/, "", kind)
      if (!(kind in seen)) { seen[kind] = 1; kept[++count] = $0 }
    }
    END { tell() }'
}

# log NAME COMMAND...: what the command prints, as a log.
log() {
  printf '==> %s <==\n' "$1"
  shift
  timeout -k 5 "$PATIENCE" "$@" 2>/dev/null </dev/null
}

# file_logs FOLDER HOURS LINES: the last lines of each log that has been written to in this time.
file_logs() {
  [ ! -d "$1" ] ||
    timeout -k 5 "$PATIENCE" find -L "$1" -maxdepth 1 -name '*.log' -type f -size +0 -mmin "-$(($2 * 60))" -exec tail -v -n "$3" {} + 2>/dev/null </dev/null
}

# cluster_log NAME SCRIPT: what the script prints, as a log.
cluster_log() {
  log "$1" sh -c "$2" | notable
}

# logs HOURS: of the services of the stages, as far as they are there.
logs() {
  {
    for logs_unit in docker containerd kubelet cri-docker; do
      [ ! -e "/etc/systemd/system/multi-user.target.wants/$logs_unit.service" ] || ! command -v journalctl >/dev/null 2>&1 ||
        log "$logs_unit.service" journalctl -q --no-pager -o cat -n 20000 --since "$1 hours ago" -u "$logs_unit.service"
    done
    file_logs /var/log/ceph "$1" 2000
    # The last line of a file may have no end.
    echo
    file_logs /var/log/containers "$1" 500
  } | notable
}
