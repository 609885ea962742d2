# shellcheck shell=sh
# On a control plane that stays: nodes are taken out of the cluster. Needs kubectl.sh.

# Seconds for the pods of a node to go elsewhere.
DRAIN_TIMEOUT=120

# cluster_answers: is there a cluster that can be told? Otherwise says in a note what is left to do for NAME.
cluster_answers() {
  [ -r "$ADMIN_CONF" ] || return 1
  ca_said=$(kube get --raw=/healthz 2>&1) && return 0
  printf 'note: the API server of this host does not answer, so the cluster still has the node %s. Once it answers: kubectl delete node %s (%s)\n' "$1" "$1" "$(printf '%s\n' "$ca_said" | tail -n 1)"
  return 1
}

# check_node_gone NAME
check_node_gone() {
  cluster_answers "$1" || return 0
  if cn_said=$(kube get node "$1" -o name 2>&1); then
    differs "$1 is a node of the cluster"
    return
  fi
  case $cn_said in
    *NotFound*) return 0 ;;
  esac
  cannot "whether $1 is a node could not be told: $cn_said"
}

# remove_node NAME MINOR: what was proven with this node in the cluster is no longer so. A pod that cannot go elsewhere is deleted
# with its node.
remove_node() {
  rm -f "$STATE"/proofs/kubernetes-* "$STATE"/proofs/network-*
  set -- "$1" --delete-emptydir-data "$2"
  [ "$3" -ge 20 ] || set -- "$1" --delete-local-data "$3"
  printf 'pods leave %s (at most %s s)\n' "$1" "$DRAIN_TIMEOUT"
  timeout -k 5 "$DRAIN_TIMEOUT" env HOME=/proc/none kubectl --kubeconfig="$ADMIN_CONF" drain "$1" --force --ignore-daemonsets "$2" 2>&1 ||
    printf 'not all pods could go elsewhere in time; they end with the node\n'
  kube delete node "$1"
}

# ---- etcd ----

ETCD_PKI=/etc/kubernetes/pki/etcd

# etcd_ask WHAT JSON: asks the member of etcd on this host, by the gateway that speaks JSON; until 3.3 its path is another.
etcd_ask() {
  for ea_version in v3 v3beta; do
    printf '%s' "$2" | curl -fsS --max-time 10 --noproxy '*' --cacert "$ETCD_PKI/ca.crt" --cert "$ETCD_PKI/server.crt" \
      --key "$ETCD_PKI/server.key" -d @- "https://127.0.0.1:2379/$ea_version/cluster/member/$1" 2>/dev/null && return 0
  done
  return 1
}

# etcd_member NAME: $MEMBER is its id, empty when it is no member.
etcd_member() {
  em_all=$(etcd_ask list '{}') || return 1
  MEMBER=$(printf '%s\n' "$em_all" | tr '{' '\n' | sed -n "s/^\"ID\":\"\\([0-9]*\\)\",\"name\":\"$1\".*/\\1/p")
}

# kubeadm_config: what kubeadm keeps in the cluster; from 1.13 to 1.21 with the addresses of the control planes in it, by which one that
# joins looks for etcd.
kubeadm_config() {
  kube -n kube-system get configmap kubeadm-config -o yaml 2>/dev/null
}

# forget_endpoint NAME: the ConfigMap on standard input, without this control plane.
forget_endpoint() {
  awk -v entry="      $1:" '$0 == entry { skipped = 1; next } skipped && /^        / { next } { skipped = 0; print }'
}

# check_endpoint_gone NAME
check_endpoint_gone() {
  ! kubeadm_config | grep -q -x -e "      $1:" || differs "kubeadm counts $1 among the control planes"
}

# check_member_gone NAME
check_member_gone() {
  [ -r "$ETCD_PKI/server.key" ] || return 0
  check_endpoint_gone "$1" || return
  if ! etcd_member "$1"; then
    printf 'note: etcd on this host does not answer, so %s may still be a member of it. Once it answers: etcdctl member list, etcdctl member remove ID\n' "$1"
    return 0
  fi
  [ -z "$MEMBER" ] || differs "$1 is a member of etcd"
}

# remove_member NAME: while it still runs, so that the others never wait for it.
remove_member() {
  if ! check_endpoint_gone "$1" >/dev/null; then
    rm_config=$(kubeadm_config) && printf '%s\n' "$rm_config" | forget_endpoint "$1" | kube replace -f - || return 2
  fi
  etcd_member "$1" || return 2
  [ -n "$MEMBER" ] || return 0
  etcd_ask remove "{\"ID\":\"$MEMBER\"}" >/dev/null || {
    echo "etcd did not let go of its member $1"
    return 2
  }
}
