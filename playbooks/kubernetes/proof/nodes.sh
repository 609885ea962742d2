# shellcheck shell=sh
# What the cluster says of its nodes. Needs kubectl.sh.

# A line for each node: name, version of kubelet, internal addresses with commas, whether it is ready, and why it is not.
NODES='{{range .items}}{{.metadata.name}} {{.status.nodeInfo.kubeletVersion}} {{range .status.addresses}}{{if eq .type "InternalIP"}}{{.address}},{{end}}{{end}} {{range .status.conditions}}{{if eq .type "Ready"}}{{.status}} {{.message}}{{end}}{{end}}{{"\n"}}{{end}}'

# judge_node NAME ADDRESS NETWORK: from $TOLD, the lines of all nodes. NETWORK says whether there must be a pod network: yes or no.
judge_node() {
  jn_line=$(printf '%s\n' "$TOLD" | grep -e "^$1 ") || differs "$1 is not a node of the cluster" || return
  jn_rest=${jn_line#* * }
  jn_addresses=${jn_rest%% *} jn_ready=${jn_rest#* }
  case ,$jn_addresses in
    *",$2,"*) ;;
    *) differs "$1 is known by ${jn_addresses%,} and not by its private address $2" || return ;;
  esac
  case $jn_ready in
    True*) return 0 ;;
    *cni*config* | *NetworkPluginNotReady* | *etwork*plugin*not*ready*)
      [ "$3" = yes ] || return 0
      ;;
  esac
  differs "$1 is not ready: ${jn_ready#* }"
}

# judge_nodes NETWORK NAME ADDRESS...: all of them, now.
judge_nodes() {
  jns_network=$1 jns_status=0
  shift
  TOLD=$(kube get nodes -o go-template="$NODES" 2>&1) || differs "the cluster does not answer: $TOLD" || return
  while [ $# -gt 0 ]; do
    judge_node "$1" "$2" "$jns_network" || jns_status=1
    shift 2
  done
  return "$jns_status"
}

# note_strangers NAME...: nodes that the inventory does not have are told, and left alone.
note_strangers() {
  ns_names=$*
  printf '%s\n' "$TOLD" | while read -r ns_name ns_rest; do
    case " $ns_names " in
      *" $ns_name "*) ;;
      *) [ -z "$ns_rest" ] || printf 'note: %s is a node of the cluster and not in the inventory\n' "$ns_name" ;;
    esac
  done
}

# A line for each pod of the system: name, phase, and what its containers wait for. Whether a pod of the control plane is ready
# is seen only half a minute after it has answered.
PODS='{{range .items}}{{.metadata.name}} {{.status.phase}}{{range .status.containerStatuses}}{{if .state.waiting}} {{.state.waiting.reason}}{{end}}{{end}}{{"\n"}}{{end}}'

# judge_system: the pods that need no pod network run: those of the control planes, and kube-proxy.
judge_system() {
  js_told=$(kube -n kube-system get pods -o go-template="$PODS" 2>&1) || differs "the cluster does not tell its pods: $js_told" || return
  js_ill=$(printf '%s\n' "$js_told" | grep -E '^(kube-(apiserver|controller-manager|scheduler|proxy)|etcd)-' | grep -v ' Running$')
  [ -z "$js_ill" ] || differs "not running: $(printf '%s' "$js_ill" | tr '\n' ';')"
}

# are_well NETWORK NAME ADDRESS...
are_well() {
  judge_nodes "$@" && judge_system
}

# wait_until_well SECONDS NETWORK NAME ADDRESS...: says every five what it waits for.
wait_until_well() {
  wuw_end=$(($(date +%s) + $1)) wuw_told=$(date +%s)
  shift
  until wuw_why=$(are_well "$@"); do
    wuw_now=$(date +%s)
    if [ "$wuw_now" -ge "$wuw_end" ]; then
      printf '%s\n' "$wuw_why"
      return 1
    fi
    if [ "$((wuw_now - wuw_told))" -ge 5 ]; then
      wuw_told=$wuw_now
      printf 'waiting (%s s left): %s\n' "$((wuw_end - wuw_now))" "$(printf '%s' "$wuw_why" | sed -n 1p)"
    fi
    sleep 1
  done
}
