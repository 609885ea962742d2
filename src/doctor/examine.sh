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

# notable: of the lines of a log, those that tell of something that went wrong, each kind once (numbers aside), the newest 300.
notable() {
  grep -E -i -e '^[EWF][0-9]{4}' -e 'err(or)?[^a-z]|fail|denied|refused|time?out|cannot|unable|not found|no such|invalid|already|exhaust|too |no ip|pressure|reclaim|locked|unauthorized|panic| -1 ' |
    awk '{ kind = $0; gsub(/[0-9a-f]*[0-9][0-9a-f]*/, "", kind); if (!(kind in seen)) { seen[kind] = 1; print } }' |
    tail -n 300 | cut -c 1-1000
}

# log NAME COMMAND...: the notable lines of what the command prints.
log() {
  printf 'log %s\n' "$1"
  shift
  timeout -k 5 "$PATIENCE" "$@" 2>/dev/null </dev/null | notable | sed 's/^/|/'
  echo 'end 0'
}

# events: of pods and nodes, the newest last. The API server keeps them for an hour.
events() {
  # shellcheck disable=SC2016 # for kubectl
  log 'events of Kubernetes' env HOME=/proc/none kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=20s get events --all-namespaces \
    --sort-by=.metadata.creationTimestamp \
    -o go-template='{{range .items}}{{.involvedObject.kind}} {{.involvedObject.namespace}}/{{.involvedObject.name}}: {{.reason}}: {{.message}}{{"\n"}}{{end}}'
}

# logs SINCE: of the services of the stages, as far as they are there. SINCE is as journalctl wants it.
logs() {
  if command -v journalctl >/dev/null 2>&1; then
    for logs_unit in docker containerd kubelet cri-docker; do
      [ ! -e "/etc/systemd/system/multi-user.target.wants/$logs_unit.service" ] ||
        log "$logs_unit.service" journalctl -q --no-pager -o cat -n 20000 --since "$1" -u "$logs_unit.service"
    done
  fi
  for logs_file in /var/log/ceph/*.log; do
    [ ! -s "$logs_file" ] || [ -z "$(find "$logs_file" -newermt "$1" 2>/dev/null)" ] || log "$logs_file" tail -n 2000 "$logs_file"
  done
  for logs_file in /var/log/containers/*.log; do
    [ ! -s "$logs_file" ] || [ -z "$(find -L "$logs_file" -newermt "$1" 2>/dev/null)" ] || log "$logs_file" tail -n 500 "$logs_file"
  done
}
