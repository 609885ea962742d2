# shellcheck shell=sh
# The arguments of the control plane's components, in the manifests that kubelet runs. Needs kubectl.sh.

# has_argument FILE ARGUMENT: kubeadm writes each on a line of its own.
has_argument() {
  grep -qxF -e "    - $2" "$1" 2>/dev/null
}

# check_arguments FOLDER [COMPONENT ARGUMENT]...
check_arguments() {
  ca_folder=$1 ca_status=0
  shift
  while [ $# -gt 0 ]; do
    has_argument "$ca_folder/$1.yaml" "$2" || differs "$1 does not run with $2" || ca_status=1
    shift 2
  done
  return "$ca_status"
}

# apply_arguments CONFIG FLAG...: the manifests are written anew from what kubeadm is told, and kubelet starts them.
apply_arguments() {
  aa_config=$1
  shift
  kubeadm init phase control-plane all --config "$aa_config" "$@" &&
    kubeadm init phase etcd local --config "$aa_config" "$@" || return 2
  # kubelet takes some seconds to see it; meanwhile the old one answers.
  sleep 5
  wait_until 180 'the API server to run with its new arguments' api_answers || return 2
  kubeadm init phase upload-config kubeadm --config "$aa_config"
}
