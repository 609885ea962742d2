# shellcheck shell=sh
# What cures a node of the network by itself.

# propose_registration CONF NODE: a kubelet whose node was deleted makes it again when it starts, and older ones only then.
propose_registration() {
  pg_said=$(timeout -k 5 10 env HOME=/proc/none kubectl --kubeconfig="$1" --request-timeout=5s get node "$2" -o name 2>&1) && return 0
  case $pg_said in
    *NotFound* | *'not found'*) propose "kubelet starts anew, and makes the node $2" 'systemctl restart kubelet.service' ;;
    *) refuse "the API server does not say whether there is a node $2: $(printf '%s\n' "$pg_said" | tail -n 1)" ;;
  esac
}
