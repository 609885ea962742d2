# shellcheck shell=sh
# Do the pitfalls of this stage show on this host? Each function only looks, and says what it found; 0 is well. Needs kubectl.sh.

# found TEXT
found() {
  [ -n "$1" ] || return 0
  printf '%s\n' "$1"
  return 1
}

# is_private ADDRESS: by RFC 1918 and RFC 6598; an address of IPv6 counts as private when it is a unique local one.
is_private() {
  case $1 in
    10.* | 192.168.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].* | 100.6[4-9].* | 100.[7-9][0-9].* | 100.1[01][0-9].* | 100.12[0-7].*) return 0 ;;
    f[cd]*:*) return 0 ;;
  esac
  return 1
}

# probe_links: what a reset leaves, on a host that is no node.
probe_links() {
  [ ! -e /etc/kubernetes/kubelet.conf ] || return 0
  pl_links=
  for pl_link in cni0 flannel.1 flannel0 kube-bridge vxlan.calico cilium_host weave; do
    [ ! -e "/sys/class/net/$pl_link" ] || pl_links="$pl_links $pl_link"
  done
  [ -z "$pl_links" ] || found "This host is no node, and still has the links$pl_links."
}

# probe_advertised ROOT: is the API server known by a public address, though the host has a private one? ROOT is empty but in tests.
probe_advertised() {
  pa_manifest=$1/etc/kubernetes/manifests/kube-apiserver.yaml
  [ -r "$pa_manifest" ] || return 0
  pa_address=$(sed -n 's/.*--advertise-address=\([0-9a-f.:]*\).*/\1/p' "$pa_manifest" | head -n 1)
  [ -n "$pa_address" ] || return 0
  is_private "$pa_address" && return 0
  for pa_own in $(private_addresses); do
    found "The API server advertises $pa_address, which is public, and this host has the private address $pa_own."
    return
  done
}

# private_addresses: of this host, without those of bridges of containers.
private_addresses() {
  ip -o -4 addr show scope global 2>/dev/null | while read -r _ pr_link _ pr_address _; do
    case $pr_link in
      docker* | br-* | cni* | flannel* | cali* | tunl* | weave | cilium*) continue ;;
    esac
    ! is_private "${pr_address%/*}" || printf '%s\n' "${pr_address%/*}"
  done
}

# probe_proxy: does kube-proxy know the network of the pods?
probe_proxy() {
  [ -r "$ADMIN_CONF" ] || return 0
  pp_config=$(kube -n kube-system get configmap kube-proxy -o jsonpath='{.data.config\.conf}' 2>/dev/null) || return 0
  case $pp_config in
    *clusterCIDR:*) ;;
    *) return 0 ;;
  esac
  ! printf '%s\n' "$pp_config" | grep -q -E '^clusterCIDR: *("")?$' || found 'kube-proxy has no clusterCIDR in its ConfigMap kube-system/kube-proxy.'
}

# probe_tainted: pods that no node takes because of a taint.
probe_tainted() {
  [ -r "$ADMIN_CONF" ] || return 0
  # shellcheck disable=SC2016 # for kubectl
  pt_pods=$(kube get pods --all-namespaces --field-selector=status.phase=Pending -o go-template='{{range .items}}{{$pod := .metadata}}{{range .status.conditions}}{{if .message}}{{$pod.namespace}}/{{$pod.name}}: {{.message}}{{"\n"}}{{end}}{{end}}{{end}}' 2>/dev/null) || return 0
  found "$(printf '%s\n' "$pt_pods" | grep -E 'taints? \{?(dedicated|node-role\.kubernetes\.io/(master|control-plane))|PodToleratesNodeTaints' | head -n 5)"
}

# probe_eviction CONFIG
probe_eviction() {
  pe_found=
  if [ -r "$1" ] && grep -q '^evictionHard:' "$1"; then
    for pe_signal in memory.available nodefs.available nodefs.inodesFree imagefs.available; do
      grep -q "^ *\"\\{0,1\\}$pe_signal\"\\{0,1\\}:" "$1" || pe_found="$pe_found $pe_signal"
    done
  fi
  [ -z "$pe_found" ] || found "$1 sets evictionHard without$pe_found: kubelet has no threshold for what is left out." || return
  have_journal || return 0
  found "$(timeout 20 journalctl -u kubelet.service --since=-1h -n 5000 -o cat 2>/dev/null | grep -E 'attempting to reclaim|must evict pod' | tail -n 3)"
}

have_journal() {
  command -v journalctl >/dev/null 2>&1
}

# probe_swap SWAPS CONFIG
probe_swap() {
  command -v kubelet >/dev/null 2>&1 || return 0
  ! grep -q '^failSwapOn: *false' "$2" 2>/dev/null || return 0
  found "$(sed -n 's/^\(\/[^ ]*\) .*/swap is on: \1/p' "$1" 2>/dev/null)"
}

# probe_tokens PODS CONF: does the API server take the tokens that the pods of this host have? Tried with the newest three.
probe_tokens() {
  command -v curl >/dev/null 2>&1 && [ -r "$2" ] || return 0
  pk_server=$(sed -n 's/^ *server: *//p' "$2" | head -n 1)
  pk_bad=
  for pk_token in $(find "$1" -path '*/kubernetes.io~*/*/token' 2>/dev/null | head -n 3); do
    # The token goes by standard input: arguments can be read by everyone.
    pk_code=$(printf 'header = "Authorization: Bearer %s"\n' "$(cat "$pk_token")" |
      curl -s -k -K - -o /dev/null -w '%{http_code}' --noproxy '*' --max-time 5 "$pk_server/api") || continue
    [ "$pk_code" != 401 ] || pk_bad="$pk_bad ${pk_token#"$1/"}"
  done
  [ -z "$pk_bad" ] || found "The API server answers 401 to the tokens$pk_bad."
}

# probe_host_paths CONF: folders of this host that its pods mount and that are missing or empty. Those of the system's pods may be.
probe_host_paths() {
  [ -r "$1" ] && command -v kubectl >/dev/null 2>&1 || return 0
  # shellcheck disable=SC2016 # for kubectl
  ph_template='{{range .items}}{{$pod := .metadata}}{{range .spec.volumes}}{{if .hostPath}}{{$pod.namespace}}/{{$pod.name}} {{.hostPath.path}}{{"\n"}}{{end}}{{end}}{{end}}'
  ph_all=$(timeout -k 5 30 env HOME=/proc/none kubectl --kubeconfig="$1" --request-timeout=10s get pods --all-namespaces \
    --field-selector="spec.nodeName=$(hostname)" -o go-template="$ph_template" 2>/dev/null) || return 0
  found "$(printf '%s\n' "$ph_all" | tell_empty)"
}

# tell_empty: of lines POD PATH on standard input.
tell_empty() {
  while read -r te_pod te_path; do
    case $te_pod in
      '' | kube-*) continue ;;
    esac
    if [ ! -e "$te_path" ]; then
      printf '%s mounts %s, which this host does not have.\n' "$te_pod" "$te_path"
    elif [ -d "$te_path" ] && [ -z "$(ls -A "$te_path" 2>/dev/null)" ]; then
      printf '%s mounts %s, which is empty on this host.\n' "$te_pod" "$te_path"
    fi
  done
}
