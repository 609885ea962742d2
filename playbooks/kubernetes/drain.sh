# shellcheck shell=sh
# For cures: pods leave a node, and may come back. Needs kubectl.sh.

# is_cordoned NODE
is_cordoned() {
  [ "$(kube get node "$1" -o jsonpath='{.spec.unschedulable}' 2>/dev/null)" = true ]
}

# propose_drain NODE...: pods that cannot go elsewhere stay, and no file of a pod is deleted.
propose_drain() {
  for pd_node in "$@"; do
    is_cordoned "$pd_node" && continue
    pd_kubectl="kubectl --kubeconfig=$ADMIN_CONF"
    pd_node=$(quoted "$pd_node")
    propose "the pods of $pd_node go to other nodes, and it takes no new ones" \
      "$pd_kubectl drain $pd_node --ignore-daemonsets --timeout=120s || $pd_kubectl cordon $pd_node"
  done
}

# propose_return NODE...
propose_return() {
  for pr_node in "$@"; do
    ! is_cordoned "$pr_node" ||
      propose "$pr_node takes pods again" "kubectl --kubeconfig=$ADMIN_CONF uncordon $(quoted "$pr_node")"
  done
}
