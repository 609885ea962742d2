# shellcheck shell=sh
# The first control plane. Needs kubectl.sh, member/state.sh and unit.sh.

# Preflight checks that find what an interrupted kubeadm has made. It takes that up: certificates, credentials and data that
# are there are used, manifests are written again.
BEGUN='FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml,FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml,FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml,FileAvailable--etc-kubernetes-manifests-etcd.yaml,DirAvailable--var-lib-etcd,Port-6443,Port-10250,Port-10251,Port-10252,Port-10257,Port-10259,Port-2379,Port-2380'

# ask_cluster: does the cluster know that kubeadm has come to its end? $ANSWER is what it said.
ask_cluster() {
  ANSWER=$(kube -n kube-system get configmap/kubeadm-config -o name 2>&1)
}

# check_init
check_init() {
  [ -r "$ADMIN_CONF" ] || differs 'there is no cluster here yet' || return
  ask_cluster && return
  case $ANSWER in
    *NotFound*) differs 'kubeadm has not come to its end here' ;;
    *) differs "the API server of this host does not answer: $ANSWER" ;;
  esac
}

# start_kubelet: now and with the host.
start_kubelet() {
  systemctl -q unmask kubelet.service
  systemctl -q enable kubelet.service && systemctl start kubelet.service
}

# comes_back SECONDS: a control plane that was stopped, or is starting, answers again.
comes_back() {
  [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] && [ -r "$ADMIN_CONF" ] || return 1
  start_kubelet && wait_until "$1" 'the API server' api_answers
}

# apply_init SECONDS COMMAND...: COMMAND is kubeadm with all it is to be told; SECONDS for a control plane that is there to answer.
apply_init() {
  ai_seconds=$1
  shift
  case $STATE_OF_HOST in
    none) start_kubelet ;;
    *)
      if comes_back "$ai_seconds" && ask_cluster; then return; fi
      echo 'kubeadm was begun here and did not come to its end; it goes on'
      set -- "$@" "--ignore-preflight-errors=$BEGUN"
      ;;
  esac
  "$@" || { explain_init && return 2; }
}

# explain_init: why the control plane did not come up, as far as kubelet and the runtime tell.
explain_init() {
  echo 'kubelet says:'
  journalctl -q --no-pager -u kubelet.service -n 400 -o cat | grep -E '^[EF][0-9]{4}|rror' | cut -c 1-400 | tail -n 8
  if have crictl && [ -r /etc/crictl.yaml ]; then
    timeout 20 crictl ps -a 2>/dev/null | sed -n 1,12p
  elif have docker; then
    timeout 20 docker ps -a --filter name=k8s_ --format '{{.Names}} {{.Status}}' 2>/dev/null | grep -v '^k8s_POD' | sed -n 1,12p
  fi
  return 0
}
