# shellcheck shell=sh
# kube-proxy's idea of the pods' network. Needs kubectl.sh.

# read_proxy KIND: $PROXY is how kube-proxy is told it: its configuration file, or its command line.
read_proxy() {
  if [ "$1" = config ]; then
    PROXY=$(kube -n kube-system get configmap kube-proxy --ignore-not-found -o jsonpath='{.data.config\.conf}' 2>&1)
  else
    PROXY=$(kube -n kube-system get daemonset -o jsonpath='{range .items[*]}{.metadata.name} {.spec.template.spec.containers[0].command}{"\n"}{end}' 2>&1 | grep '^kube-proxy')
  fi
}

# check_proxy CIDR KIND: a cluster may have something else in kube-proxy's place. kubeadm tells it the network when it begins.
check_proxy() {
  ! pending kubeadm-init || return 0
  read_proxy "$2" || cannot "the settings of kube-proxy cannot be read: $PROXY"
  [ -n "$PROXY" ] || return 0
  case $PROXY in
    *"clusterCIDR: $1"* | *"clusterCIDR: \"$1\""* | *"--cluster-cidr=$1"*) ;;
    *) differs "kube-proxy does not know that pods have addresses of $1" ;;
  esac
}

# apply_proxy CIDR KIND: the pods of kube-proxy start anew; connections that are there go on.
apply_proxy() {
  read_proxy "$2" || return 2
  if [ "$2" = config ]; then
    ap_new=$(kube -n kube-system get configmap kube-proxy -o yaml | sed "s|^\( *clusterCIDR:\).*|\1 $1|") || return 2
    printf '%s\n' "$ap_new" | kube apply --force -f - || return 2
  else
    ap_name=${PROXY%% *}
    kube -n kube-system patch daemonset "$ap_name" --type=json \
      -p "[{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/0/command/-\",\"value\":\"--cluster-cidr=$1\"}]" || return 2
  fi
  kube -n kube-system delete pods -l k8s-app=kube-proxy
}
