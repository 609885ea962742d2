# shellcheck shell=sh
# Taking Kubernetes and its pod network away from a host. Everything is found by what is there, so that a reset that was cut
# goes on, and a second one finds nothing. Functions that begin with "list", "tell" or "is" only look. ROOT is empty but in tests.

# tell_some WHAT: the first of the lines on standard input; 0 when there are none.
tell_some() {
  ts_all=$(cat)
  [ -n "$ts_all" ] || return 0
  differs "$1: $(printf '%s\n' "$ts_all" | wc -l | tr -d ' '), the first are:
$(printf '%s\n' "$ts_all" | head -n 5)"
}

# ---- the administrator's own access ----

# is_our_config ROOT: does root's kubeconfig lead to the cluster that this host is a member of, and to no other?
is_our_config() {
  ic_file=$1/root/.kube/config
  [ -e "$ic_file" ] || [ -L "$ic_file" ] || return 1
  if [ -L "$ic_file" ]; then
    [ "$(readlink "$ic_file")" = /etc/kubernetes/admin.conf ] && return 0
  fi
  [ -r "$ic_file" ] && [ -r "$1/etc/kubernetes/pki/ca.crt" ] || return 1
  ic_data=$(sed -n 's/^ *certificate-authority-data: *//p' "$ic_file")
  [ -n "$ic_data" ] && [ "$ic_data" = "$(base64 <"$1/etc/kubernetes/pki/ca.crt" | tr -d '\n')" ]
}

# ---- kubelet ----

# tell_kubelet
tell_kubelet() {
  [ -d /run/systemd/system ] && systemctl cat kubelet.service >/dev/null 2>&1 || return 0
  tk_status=0
  case $(systemctl is-active kubelet.service 2>/dev/null) in
    inactive | failed | unknown) ;;
    *) differs 'kubelet runs' || tk_status=1 ;;
  esac
  [ "$(systemctl is-enabled kubelet.service 2>/dev/null)" != enabled ] || differs 'kubelet starts with the host' || tk_status=1
  return "$tk_status"
}

stop_kubelet() {
  systemctl stop kubelet.service
  systemctl -q disable kubelet.service 2>/dev/null
  systemctl reset-failed kubelet.service 2>/dev/null
  return 0
}

# ---- kubeadm ----

# list_node ROOT: what makes the host a node.
list_node() {
  for ln_path in "$1"/etc/kubernetes/*.conf "$1"/etc/kubernetes/manifests/* "$1/etc/kubernetes/pki" "$1/var/lib/etcd/member" \
    "$1/var/lib/kubelet/config.yaml" "$1/var/lib/kubelet/pki"; do
    [ ! -e "$ln_path" ] || printf '%s\n' "$ln_path"
  done
}

# kubeadm_reset SOCKET: without these files kubeadm asks neither the API server nor etcd, and waits for none of them: where some
# stay, they have been told. What kubeadm does not do is done after it.
kubeadm_reset() {
  rm -f /etc/kubernetes/manifests/* /etc/kubernetes/admin.conf
  have kubeadm || return 0
  set -- ${1:+--cri-socket="$1"}
  # 1.5 to 1.10 do not ask, and do not know the flag.
  ! kubeadm reset --help 2>/dev/null | grep -q -e '--force' || set -- --force "$@"
  kr_said=$(timeout -k 10 240 kubeadm reset "$@" 2>&1) || kr_said="$kr_said
kubeadm reset did not come to its end; the rest is done without it"
  # It goes on with what it leaves to do by hand, which comes next.
  printf '%s\n' "$kr_said" | sed -e '/^The reset process does not clean CNI/,$d' -e '/^$/d' -e '/^W[0-9]\{4\} /d'
}

# ---- containers ----

# list_containers SOCKET: pods' containers: Docker's by their names, "docker ID NAME"; all of what a CRI runtime runs, "cri ID".
# A runtime that does not answer runs nothing.
list_containers() {
  if have docker; then
    timeout 30 docker ps -a --no-trunc --format '{{.ID}} {{.Names}}' 2>/dev/null | awk '$2 ~ /^k8s_/ { print "docker " $1 " " $2 }'
  fi
  case $1 in
    *containerd*) timeout 30 ctr -n k8s.io containers ls -q 2>/dev/null | sed 's/^/cri /' ;;
  esac
}

# remove_containers SOCKET: crictl takes their network away too.
remove_containers() {
  rc_docker=$(list_containers "$1" | sed -n 's/^docker \([^ ]*\) .*/\1/p')
  # shellcheck disable=SC2086 # ids are words
  [ -z "$rc_docker" ] || timeout 300 docker rm -f -v $rc_docker >/dev/null
  list_containers "$1" | grep -q '^cri ' || return 0
  if have crictl; then
    timeout 180 crictl --runtime-endpoint "unix://${1#unix://}" rmp -a -f >/dev/null 2>&1
  fi
  list_containers "$1" | sed -n 's/^cri //p' | while read -r rc_id; do
    timeout 20 ctr -n k8s.io tasks kill -a -s KILL "$rc_id" >/dev/null 2>&1
    timeout 20 ctr -n k8s.io tasks rm -f "$rc_id" >/dev/null 2>&1
    timeout 20 ctr -n k8s.io containers rm "$rc_id" >/dev/null 2>&1
  done
  return 0
}

# ---- files ----

# list_mounts TABLE FOLDER: mounts below a folder, the innermost first, as /proc/mounts writes them.
list_mounts() {
  awk -v below="$2/" 'index($2, below) == 1 { points[++count] = $2 } END { for (i = count; i > 0; i--) print points[i] }' "$1"
}

# list_all_mounts TABLE FOLDER...
list_all_mounts() {
  la_table=$1
  shift
  for la_folder in "$@"; do
    list_mounts "$la_table" "$la_folder"
  done
}

# unmount_below TABLE FOLDER...: a mount whose server is gone is let go of without waiting.
unmount_below() {
  list_all_mounts "$@" | while read -r ub_point; do
    ub_point=$(printf '%b' "$ub_point")
    timeout 30 umount "$ub_point" 2>/dev/null || umount -l "$ub_point"
  done
  return 0
}

# list_files FOLDER...: all that is in them. An empty folder for manifests is of the package.
list_files() {
  for lf_folder in "$@"; do
    [ -d "$lf_folder" ] || continue
    find "$lf_folder" -xdev -mindepth 1 ! \( -path '*/etc/kubernetes/manifests' -type d -empty \)
  done
}

# remove_files TABLE FOLDER...: never through a mount. One of the same file system, which rm cannot tell, is in the table too.
remove_files() {
  rf_table=$1
  shift
  for rf_folder in "$@"; do
    [ -d "$rf_folder" ] || continue
    rf_mounts=$(list_mounts "$rf_table" "$rf_folder")
    if [ -n "$rf_mounts" ]; then
      printf 'In %s something is still mounted, so it is not emptied: %s\n' "$rf_folder" "$(printf '%s' "$rf_mounts" | head -n 3 | tr '\n' ' ')"
      return 2
    fi
    find "$rf_folder" -mindepth 1 -maxdepth 1 -exec rm -rf {} + || return 2
  done
}

# ---- links ----

# list_links SYS: names of links that pod networks make. SYS is /sys/class/net. tunl0 is the kernel's own: it counts while it has an address.
list_links() {
  for ll_path in "$1"/*; do
    ll_name=${ll_path##*/}
    case $ll_name in
      cni0 | flannel.[0-9]* | flannel-v6.* | flannel0 | flannel-wg* | cali[0-9a-f]* | vxlan.calico | vxlan-v6.calico | wireguard.cali | \
        weave | datapath | vethwe* | vxlan-6784 | cilium_* | lxc_health | kube-ipvs0 | kube-bridge | kube-dummy-if) printf '%s\n' "$ll_name" ;;
      lxc[0-9a-f]*) [ ! -e "$1/cilium_host" ] || printf '%s\n' "$ll_name" ;;
      tunl0) [ -z "$(ip -o -4 addr show dev tunl0 2>/dev/null)" ] || printf 'tunl0\n' ;;
    esac
    # What is left of pods at their bridge.
    [ ! -e "$ll_path/master" ] || [ "$(readlink "$ll_path/master")" != ../cni0 ] || printf '%s\n' "$ll_name"
  done
}

# list_namespaces FOLDER: network namespaces that CRI runtimes made for pods.
list_namespaces() {
  for ls_path in "$1"/cni-*; do
    [ ! -e "$ls_path" ] || printf '%s\n' "$ls_path"
  done
}

remove_links() {
  [ ! -e /sys/class/net/kube-ipvs0 ] || ! have ipvsadm || ipvsadm --clear
  list_links /sys/class/net | while read -r rl_name; do
    if [ "$rl_name" = tunl0 ]; then
      ip addr flush dev tunl0
      ip link set tunl0 down
    else
      ip link delete "$rl_name"
    fi
  done
  list_namespaces /run/netns | while read -r rl_path; do
    ip netns delete "${rl_path##*/}" 2>/dev/null || { umount -l "$rl_path" && rm -f "$rl_path"; }
  done
  return 0
}

# ---- the firewall ----

# Chains of kube-proxy, kubelet, CNI and the plugins.
OUR_CHAINS='^(KUBE-|CNI-|FLANNEL-|cali-|WEAVE|CILIUM_|OLD_CILIUM_|PROVISION-PODS$)'

# of_tables PODS: what iptables-save prints becomes what iptables-restore --noflush must be told: our chains are emptied, rules of others that lead
# to them or are about the network of the pods are deleted, then the chains go. Nothing else is touched, and each table changes in
# one step. Prints nothing when there is nothing to do.
of_tables() {
  awk -v ours="$OUR_CHAINS" -v pods="$1" '
    function is_ours(name) { return name ~ ours }
    function is_about_pods(i) {
      for (i = 3; i < NF; i++) if (($i == "-s" || $i == "-d") && $(i + 1) == pods) return 1
      return 0
    }
    /^\*/ { table = $0; chains = ""; rules = ""; gone = ""; next }
    /^:/ {
      name = substr($1, 2)
      if (is_ours(name)) { chains = chains ":" name " - [0:0]\n"; gone = gone "-X " name "\n" }
      next
    }
    /^-A / {
      if (is_ours($2)) next
      target = ""
      for (i = 3; i < NF; i++) if ($i == "-j" || $i == "-g") target = $(i + 1)
      if (is_ours(target) || /flanneld (masq|forward)/ || (pods != "" && ($2 == "FORWARD" || $2 == "POSTROUTING") && is_about_pods())) rules = rules "-D" substr($0, 3) "\n"
      next
    }
    /^COMMIT/ { if (chains rules != "") printf "%s\n%s%s%sCOMMIT\n", table, chains, rules, gone }'
}

# backends: beginnings of the names of the programs that this host has: a host may have rules in both.
backends() {
  for bk_name in iptables-legacy iptables-nft ip6tables-legacy ip6tables-nft; do
    ! have "$bk_name-save" || printf '%s\n' "$bk_name"
  done
  have iptables-legacy-save || have iptables-nft-save || printf 'iptables\nip6tables\n'
}

# list_rules PODS: chains, rules that lead to them, tables and sets, a line each.
list_rules() {
  for lr_name in $(backends); do
    "$lr_name-save" 2>/dev/null | of_tables "$1" | sed -n -e 's/^:\([^ ]*\) .*/chain \1/p' -e 's/^-D /rule /p'
  done
  list_tables | sed 's/^/nft table /'
  list_sets | sed 's/^/ipset /'
}

# list_tables: of nftables, that kube-proxy and flannel have for themselves.
list_tables() {
  ! have nft || nft list tables 2>/dev/null | sed -n -E 's/^table ((ip|ip6|inet) (kube-proxy|flannel-ipv[46]))$/\1/p'
}

list_sets() {
  ! have ipset || ipset list -n 2>/dev/null | grep -E '^(KUBE-|cali4|cali6|weave-|cilium_)'
}

# remove_rules PODS
remove_rules() {
  for rr_name in $(backends); do
    rr_rules=$("$rr_name-save" 2>/dev/null | of_tables "$1")
    [ -n "$rr_rules" ] || continue
    # The option that waits for the lock came with 1.6.2.
    printf '%s\n' "$rr_rules" | "$rr_name-restore" -w --noflush 2>/dev/null ||
      printf '%s\n' "$rr_rules" | "$rr_name-restore" --noflush || return 2
  done
  list_tables | while read -r rr_family rr_table; do
    nft delete table "$rr_family" "$rr_table"
  done
  list_sets | while read -r rr_set; do
    ipset destroy "$rr_set" || ipset flush "$rr_set"
  done
  return 0
}

# ---- our own ----

# list_routes UNIT SCRIPT DATA: what the network "routes" has on the host.
list_routes() {
  for lo_path in "$1" "$2" "$3"; do
    [ ! -e "$lo_path" ] || printf '%s\n' "$lo_path"
  done
}

# remove_routes UNIT SCRIPT DATA
remove_routes() {
  if [ -d /run/systemd/system ] && [ -e "$1" ]; then
    systemctl -q disable "${1##*/}" 2>/dev/null
    systemctl stop "${1##*/}"
  fi
  [ ! -x "$2" ] || "$2" remove
  rm -f "$1" "$2" "$3"
  [ ! -d /run/systemd/system ] || systemctl daemon-reload
}

# list_records STATE: what we keep of the cluster that is gone.
list_records() {
  for lc_path in "$1"/kubernetes-* "$1"/network-* "$1"/proofs/kubernetes-* "$1"/proofs/network-* "$1"/proofs/kubeadm-* "$1"/proofs/kubelet-*; do
    [ ! -e "$lc_path" ] || printf '%s\n' "$lc_path"
  done
}
