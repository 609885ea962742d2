# shellcheck shell=sh
# A host becomes a node.

# as_node WORDS...: asks the cluster with kubelet's own credentials. HOME is as in kubectl.sh.
as_node() {
  timeout -k 5 60 env HOME=/proc/none kubectl --kubeconfig=/etc/kubernetes/kubelet.conf --request-timeout=20s "$@"
}

# check_join NODE ROLE: is the host a node? A control plane also has what makes it one.
check_join() {
  [ -s /etc/kubernetes/kubelet.conf ] || differs 'the host is not a node yet' || return
  if [ "$2" = control-plane ] && [ ! -e /etc/kubernetes/manifests/kube-apiserver.yaml ]; then
    differs 'the host is a node, and not a control plane'
    return
  fi
  cj_answer=$(as_node get node "$1" -o name 2>&1) && return
  case $cj_answer in
    *NotFound*) differs "the cluster does not know the node $1" ;;
    *)
      printf 'the cluster does not answer this host: %s\n' "$cj_answer"
      return 2
      ;;
  esac
}

# registers NODE
registers() {
  as_node get node "$1" -o name >/dev/null 2>&1
}

# apply_join NODE CONFIG FLAG...: CONFIG is a file for kubeadm, or - when FLAG... say it all. A host that has credentials was a
# node: its kubelet registers it again when it starts.
apply_join() {
  aj_node=$1 aj_config=$2
  shift 2
  systemctl -q unmask kubelet.service
  systemctl -q enable kubelet.service || return 2
  if [ "$STATE_OF_HOST" = member ]; then
    systemctl restart kubelet.service
    wait_until 60 "the node $aj_node to register" registers "$aj_node" && return
    printf 'The host has the credentials of a node, and the cluster does not take it up. Take it out and let it join anew: provision reset --stage kubernetes --host %s\n' "$aj_node"
    return 2
  fi
  if [ "$STATE_OF_HOST" = begun ]; then
    echo 'kubeadm was begun here and did not come to its end; it goes on'
    set -- "$@" --ignore-preflight-errors=FileAvailable--etc-kubernetes-pki-ca.crt,FileAvailable--etc-kubernetes-bootstrap-kubelet.conf,Port-10250
  fi
  [ "$aj_config" = - ] || set -- --config "$aj_config" "$@"
  kubeadm join "$@" || return 2
  wait_until 60 "the node $aj_node to register" registers "$aj_node"
}
