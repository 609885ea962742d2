# shellcheck shell=sh
# The arguments of the control plane's components, in the manifests that kubelet runs. Needs kubectl.sh.

# has_argument FILE ARGUMENT: kubeadm writes each on a line of its own.
has_argument() {
  grep -qxF -e "    - $2" "$1" 2>/dev/null
}

# runs_with COMPONENT ARGUMENT: kubelet may not have seen yet that the manifest is another.
runs_with() {
  rw_process=$(pgrep -o -f "^$1 ") && tr '\0' '\n' <"/proc/$rw_process/cmdline" | grep -qxF -e "$2"
}

# all_run_with [COMPONENT ARGUMENT]...
all_run_with() {
  while [ $# -gt 0 ]; do
    runs_with "$1" "$2" || return 1
    shift 2
  done
}

# check_arguments FOLDER [COMPONENT ARGUMENT]...
check_arguments() {
  ca_folder=$1 ca_status=0
  shift
  while [ $# -gt 0 ]; do
    if ! has_argument "$ca_folder/$1.yaml" "$2" || ! runs_with "$1" "$2"; then
      differs "$1 does not run with $2" || ca_status=1
    fi
    shift 2
  done
  return "$ca_status"
}

# apply_arguments CONFIG FLAGS [COMPONENT ARGUMENT]...: the manifests are written anew from what kubeadm is told, and kubelet starts
# them. FLAGS are words of kubeadm.
apply_arguments() {
  aa_config=$1 aa_flags=$2
  shift 2
  # shellcheck disable=SC2086 # words
  kubeadm init phase control-plane all --config "$aa_config" $aa_flags &&
    kubeadm init phase etcd local --config "$aa_config" $aa_flags || return 2
  wait_until 180 'kubelet to start the control plane with its new arguments' all_run_with "$@" || return 2
  wait_until 180 'the API server to answer' api_answers || return 2
  kubeadm init phase upload-config kubeadm --config "$aa_config"
}
