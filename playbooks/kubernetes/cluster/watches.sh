# shellcheck shell=sh
# Whether the API server of the first control plane still hears of every change. Needs kubectl.sh.

# Seconds after which every watch has been begun anew by who watches (5 to 10 minutes: minWatchTimeout of client-go's reflector).
WATCHES_RENEWED=900

# seconds_of TIME: as Kubernetes writes it, 2026-11-21T13:59:10Z, which not every date reads.
seconds_of() {
  so_time=${1%Z}
  date -u -d "${so_time%T*} ${so_time#*T}" +%s
}

# second_joined LABEL NODE: "NODE SECONDS" of the second control plane: when kubeadm marked it as one, which it does after its member of
# etcd has joined. Nothing when NODE did not begin the cluster.
second_joined() {
  # shellcheck disable=SC2016 # for kubectl
  sj_nodes=$(kube get nodes -l "$1" --sort-by=.metadata.creationTimestamp \
    -o go-template='{{range .items}}{{.metadata.name}} {{range .metadata.managedFields}}{{if eq .manager "kubeadm"}}{{.time}}{{end}}{{end}}{{"\n"}}{{end}}' 2>&1) ||
    { printf 'the control planes cannot be listed: %s\n' "$sj_nodes" && return 2; }
  printf '%s\n' "$sj_nodes" | {
    read -r sj_first _ || return 0
    read -r sj_second sj_time || return 0
    [ "$sj_first" != "$2" ] || [ -z "$sj_time" ] || printf '%s %s\n' "$sj_second" "$(seconds_of "$sj_time")"
  }
}

# server_started: seconds since the epoch at which the API server of this host was started.
server_started() {
  ss_process=$(pgrep -o -x kube-apiserver) && ss_age=$(ps -o etimes= -p "$ss_process") || return 1
  echo "$(($(date +%s) - ss_age))"
}

# check_watches LABEL NODE
check_watches() {
  cw_joined=$(second_joined "$1" "$2") || cannot "$cw_joined"
  [ -n "$cw_joined" ] || return 0
  [ "$(($(date +%s) - ${cw_joined#* }))" -lt "$WATCHES_RENEWED" ] || return 0
  cw_started=$(server_started) || return 0
  [ "$cw_started" -gt "${cw_joined#* }" ] ||
    differs "the API server was started before ${cw_joined%% *} joined, and may have lost watches when etcd had no leader"
}

# restart_server: kubelet starts it anew. It waits a minute for the watches of its clients; kubelet itself would give it 30 s.
restart_server() {
  rs_process=$(pgrep -o -x kube-apiserver) || return 2
  kill "$rs_process" || return 2
  wait_until 30 'the API server to end' server_is_not "$rs_process" || kill -KILL "$rs_process" || return 2
  wait_until 30 'the API server to end' server_is_not "$rs_process" || return 2
  wait_until 180 'the API server to answer again' own_server_answers
}

# server_is_not PROCESS
server_is_not() {
  ! kill -0 "$1" 2>/dev/null
}

# own_server_answers: that of this host, and not one of the others by the name of the cluster.
own_server_answers() {
  oa_address=$(sed -n 's/.*--advertise-address=\([0-9a-f.:]*\).*/\1/p' /etc/kubernetes/manifests/kube-apiserver.yaml | head -n 1)
  case $oa_address in
    *:*) oa_address="[$oa_address]" ;;
  esac
  pgrep -x kube-apiserver >/dev/null && kube --server="https://$oa_address:6443" get --raw=/healthz >/dev/null 2>&1
}
