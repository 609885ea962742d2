# shellcheck shell=sh
# What doctor asks of a host, in one go. Writes nothing. Each answer is: a line "KIND NAME", what was said with a bar in front of
# each line, and a line "end CODE".

# Seconds for one probe.
PATIENCE=30

# ask KIND NAME SCRIPT [WORDS]...: in a process of its own, so that nothing leaks from one to the next.
ask() {
  printf '%s %s\n' "$1" "$2"
  ask_script=$3
  shift 3
  ask_text=$(timeout -k 5 "$PATIENCE" sh -c "$PREAMBLE
$ask_script" sh "$@" </dev/null 2>&1)
  ask_code=$?
  [ -z "$ask_text" ] || printf '%s\n' "$ask_text" | tail -n 200 | sed 's/^/|/'
  printf 'end %s\n' "$ask_code"
}

# notable [NAME]: of the lines of logs on standard input, those that tell of something that went wrong, each kind once (numbers aside),
# the newest 300 of each log. A log is NAME, or what stands behind a line "==> NAME <==", as tail -v writes it.
notable() {
  awk -v name="${1-}" '
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
      if ($0 !~ /^[EWF][0-9][0-9][0-9][0-9]/ && low !~ /err(or)?[^a-z]|fail|denied|refused|time?out|cannot|unable|not found|no such|invalid|already|exhaust|too |no ip|pressure|reclaim|locked|unauthorized|panic| -1 /) next
      kind = $0
      gsub(/[0-9a-f]*[0-9][0-9a-f]*/, "", kind)
      if (!(kind in seen)) { seen[kind] = 1; kept[++count] = $0 }
    }
    END { tell() }'
}

# log NAME COMMAND...: the notable lines of what the command prints.
log() {
  log_name=$1
  shift
  timeout -k 5 "$PATIENCE" "$@" 2>/dev/null </dev/null | notable "$log_name"
}

# file_logs FOLDER HOURS LINES: of the last lines of each log that has been written to in this time.
file_logs() {
  [ -d "$1" ] || return 0
  timeout -k 5 "$PATIENCE" find -L "$1" -maxdepth 1 -name '*.log' -type f -size +0 -mmin "-$(($2 * 60))" -exec tail -v -n "$3" {} + 2>/dev/null </dev/null |
    notable
}

# images: names of the images of all pods, in quotes, as $IMAGES for the probes that would each ask for them. Not set without an answer, and
# where there are too many for an environment (128 KiB for one variable).
images() {
  images_told=$(timeout -k 5 "$PATIENCE" env HOME=/proc/none kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=20s get --raw=/api/v1/pods 2>/dev/null </dev/null) || return 0
  IMAGES=$(printf '%s\n' "$images_told" | grep -o -E '"image": *"[^"]*"' | sort -u)
  if [ "${#IMAGES}" -lt 100000 ]; then export IMAGES; else unset IMAGES; fi
}

# events: of pods and nodes, the newest last. The API server keeps them for an hour.
events() {
  # shellcheck disable=SC2016 # for kubectl
  log 'events of Kubernetes' env HOME=/proc/none kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=20s get events --all-namespaces \
    --sort-by=.metadata.creationTimestamp \
    -o go-template='{{range .items}}{{.involvedObject.kind}} {{.involvedObject.namespace}}/{{.involvedObject.name}}: {{.reason}}: {{.message}}{{"\n"}}{{end}}'
}

# logs HOURS: of the services of the stages, as far as they are there.
logs() {
  if command -v journalctl >/dev/null 2>&1; then
    for logs_unit in docker containerd kubelet cri-docker; do
      [ ! -e "/etc/systemd/system/multi-user.target.wants/$logs_unit.service" ] ||
        log "$logs_unit.service" journalctl -q --no-pager -o cat -n 20000 --since "$1 hours ago" -u "$logs_unit.service"
    done
  fi
  file_logs /var/log/ceph "$1" 2000
  file_logs /var/log/containers "$1" 500
}
