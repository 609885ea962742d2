# shellcheck shell=sh
# Which part of the pods' network each node has. Needs kubectl.sh.

# tell_nodes: NAME CIDR UID of each node, a line each; - for what is not there.
tell_nodes() {
  # shellcheck disable=SC2016 # for kubectl
  kube get nodes -o go-template='{{range .items}}{{.metadata.name}} {{with .spec.podCIDR}}{{.}}{{else}}-{{end}} {{.metadata.uid}}{{"\n"}}{{end}}'
}

# without_subnet NODE...: a sentence for each of them that is not in the cluster or has no part of the network.
without_subnet() {
  for ws_node in "$@"; do
    case $NL$NODES in
      *"$NL$ws_node - "*)
        printf 'The node %s has no part of the network of pods (no spec.podCIDR): node "%s" pod cidr not assigned. The controller manager gives it out only when it was started with --allocate-node-cidrs and a --cluster-cidr that has room.\n' "$ws_node" "$ws_node"
        ;;
      *"$NL$ws_node "*) ;;
      *) printf 'The node %s is not in the cluster. Let it join first: provision stage kubernetes\n' "$ws_node" ;;
    esac
  done
}

# waits_for_subnet NODE...: is one of them in the cluster, and has no part yet?
waits_for_subnet() {
  for wfs_node in "$@"; do
    case $NL$NODES in
      *"$NL$wfs_node - "*) return 0 ;;
    esac
  done
  return 1
}

# check_subnets NODE...: all have one. A node that has just joined gets its part in a moment, for which a look waits too: what it
# hands on is what later plays are made of. There may be no cluster yet; what is missing is judged where it is used.
check_subnets() {
  cs_end=$(($(date +%s) + 60))
  while :; do
    if ! NODES=$(tell_nodes 2>&1); then
      [ "$MODE" = apply ] || return 0
      cannot "The nodes of the cluster cannot be asked for: $NODES"
    fi
    cs_without=$(without_subnet "$@")
    [ -n "$cs_without" ] || return 0
    [ "$MODE" = apply ] || waits_for_subnet "$@" || return 0
    if [ "$(date +%s)" -ge "$cs_end" ]; then
      [ "$MODE" = apply ] || return 0
      cannot "$cs_without"
    fi
    sleep 1
  done
}
