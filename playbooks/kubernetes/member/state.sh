# shellcheck shell=sh
# What a host is to a cluster of Kubernetes, read from its files: pitfall kubeadm-leftovers.

# left_behind ROOT: what keeps kubeadm from beginning, a line each. ROOT is empty but in tests.
left_behind() {
  for lb_path in "$1/etc/kubernetes"/*.conf "$1/etc/kubernetes/manifests"/*.yaml "$1/etc/kubernetes/pki/ca.crt" \
    "$1/var/lib/etcd/member" "$1/var/lib/kubelet/config.yaml"; do
    [ ! -e "$lb_path" ] || printf '%s\n' "$lb_path"
  done
}

# read_state ROOT OURS: $STATE_OF_HOST is none (nothing of a cluster), begun (kubeadm was begun by us and may not have come to
# its end), member (kubelet has the credentials of a cluster) or leftovers. OURS is the folder of what we told kubeadm.
read_state() {
  LEFT_BEHIND=$(left_behind "$1")
  if [ -z "$LEFT_BEHIND" ]; then
    STATE_OF_HOST=none
  elif [ -s "$1/etc/kubernetes/kubelet.conf" ]; then
    STATE_OF_HOST=member
  elif [ -d "$2" ]; then
    STATE_OF_HOST=begun
  else
    STATE_OF_HOST=leftovers
  fi
}

# ca_of_host ROOT: the SHA-256 of the certificate of the cluster's CA, or - where there is none.
ca_of_host() {
  [ -r "$1/etc/kubernetes/pki/ca.crt" ] || { echo - && return; }
  coh_sum=$(sha256sum <"$1/etc/kubernetes/pki/ca.crt")
  printf '%s\n' "${coh_sum%% *}"
}

# tell_leftovers HOST: why nothing is begun here.
tell_leftovers() {
  printf '%s\n' "$LEFT_BEHIND" | sed -n '1,8 s/$/ already exists/p'
  printf 'This is left of an earlier cluster or of an interrupted kubeadm that was not ours, and kubeadm begins on a clean host only. If nothing of it is needed any more: provision reset --stage kubernetes --host %s\n' "$1"
}

# check_state HOST OURS ROLE: a control plane that is not ours is taken up only when it serves.
check_state() {
  read_state '' "$2"
  if [ "$STATE_OF_HOST$3" = memberfirst ] && [ ! -d "$2" ]; then
    cs_answer=$(kube -n kube-system get configmap/kubeadm-config -o name 2>&1) && return
    printf 'the API server of this host: %s\n' "$cs_answer"
    tell_leftovers "$1"
    echo 'If it is a control plane that was stopped, start it first: systemctl start kubelet'
    return 2
  fi
  if [ "$STATE_OF_HOST" = leftovers ]; then
    tell_leftovers "$1"
    return 2
  fi
}
