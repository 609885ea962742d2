# shellcheck shell=sh
# How a node shows by itself a pitfall of the network: 0 well, 1 found, with what was seen, 2 could not tell. They only look.
# Needs nodes/cni.sh, and reach.sh of playbooks. ROOT is empty but in tests.

# has_network ROOT: has the plugin come to this node? Before, nothing of it can be wrong.
has_network() {
  [ -s "$1/etc/kubernetes/kubelet.conf" ] || return 1
  for hn_file in "$1"/etc/cni/net.d/*.conf "$1"/etc/cni/net.d/*.conflist; do
    [ ! -s "$hn_file" ] || return 0
  done
  return 1
}

# ---- the node's own part of the network ----

# first_address NETWORK: 10.244.1.0/24 gives 10.244.1.1/24, as the bridge has it.
first_address() {
  fa_base=${1%/*}
  printf '%s.%s/%s\n' "${fa_base%.*}" "$((${fa_base##*.} + 1))" "${1#*/}"
}

# network_of ADDRESS: 10.244.1.1/24 gives 10.244.1.0/24, as routes have it. Of what is shorter than 24 bits only the third byte may differ.
network_of() {
  no_base=${1%/*} no_length=${1#*/}
  no_last=${no_base##*.} no_base=${no_base%.*}
  no_third=${no_base##*.} no_base=${no_base%.*}
  if [ "$no_length" -ge 24 ]; then
    no_size=$((1 << (32 - no_length)))
    no_last=$((no_last / no_size * no_size))
  else
    no_size=$((1 << (24 - no_length)))
    no_last=0 no_third=$((no_third / no_size * no_size))
  fi
  printf '%s.%s.%s/%s\n' "$no_base" "$no_third" "$no_last" "$no_length"
}

# env_address FILE: the address of the bridge as flannel wrote it; nothing when it has not.
env_address() {
  [ -r "$1" ] || return 0
  while IFS= read -r ea_line; do
    case $ea_line in
      FLANNEL_SUBNET=*)
        printf '%s\n' "${ea_line#*=}"
        return
        ;;
    esac
  done <"$1"
}

# overlay_base: the address of flannel.1, which is the first of the node's own part; nothing when flannel does not wrap packets in VXLAN.
overlay_base() {
  ob_told=$(ip -4 -o addr show dev flannel.1 2>/dev/null)
  case $ob_told in
    *' inet '*)
      ob_told=${ob_told#*' inet '}
      printf '%s\n' "${ob_told%%/*}"
      ;;
  esac
}

# is_elsewhere NETWORK: does a route lead to another node for it?
is_elsewhere() {
  ip -4 route show exact "$1" 2>/dev/null | grep -q -e ' via '
}

# is_foreign ADDRESS: is this of flannel's subnet.env another node's?
is_foreign() {
  if_base=$(overlay_base)
  if [ -n "$if_base" ]; then
    if_network=$(network_of "$1")
    [ "${if_network%/*}" != "$if_base" ]
  else
    is_elsewhere "$(network_of "$1")"
  fi
}

# own_address ROOT: the address that the bridge of this node must have: what our own configuration or flannel says; nothing when neither
# does, or when it is another node's, which is flannel-subnet-env.
own_address() {
  for oa_file in "$1"/etc/cni/net.d/10-provision.conf*; do
    [ -r "$oa_file" ] || continue
    oa_network=$(sed -n '/"subnet": *"[0-9.\/]*"/{s/.*"subnet": *"\([0-9.\/]*\)".*/\1/p;q;}' "$oa_file")
    if [ -n "$oa_network" ]; then
      first_address "$oa_network"
      return
    fi
  done
  oa_address=$(env_address "$1/run/flannel/subnet.env")
  [ -z "$oa_address" ] || is_foreign "$oa_address" || printf '%s\n' "$oa_address"
}

# ---- flannel ----

# flannel_logs FOLDER: the last lines of flannel's own logs on this node, as the runtime writes them.
flannel_logs() {
  set -- "$1"/*flannel*.log
  # Before those of each file its name stands; -q, which takes that away, is not of every tail.
  [ ! -e "$1" ] || tail -n 100 "$@"
}

# is_hindered FOLDER: does flannel end because of something else, which has a pitfall of its own? It then cannot write anything.
is_hindered() {
  [ -z "$(flanneld)" ] || return 1
  flannel_logs "$1" | tail -n 20 | grep -q -E 'failed to acquire lease: node|orbidden|Unauthorized|provide credentials|i/o timeout'
}

# probe_subnet_env ROOT: is it there, and the node's own?
probe_subnet_env() {
  has_network "$1" && grep -q -s -e '"flannel"' "$1"/etc/cni/net.d/* || return 0
  pe_file=$1/run/flannel/subnet.env
  if [ ! -s "$pe_file" ]; then
    ! is_hindered "$1/var/log/containers" || return 0
    if [ -n "$(flanneld)" ]; then
      differs "open $pe_file: no such file or directory; flanneld runs on this node, so it has lost what it wrote"
    else
      differs "open $pe_file: no such file or directory; flanneld does not run on this node"
    fi
    return
  fi
  pe_address=$(env_address "$pe_file")
  [ -n "$pe_address" ] || differs "open $pe_file: no such file or directory would be said of it, too: it names no FLANNEL_SUBNET" || return
  ! is_foreign "$pe_address" || differs "$pe_file says $pe_address, which is another node's: a copy gives two nodes the same addresses"
}

# log_age: seconds since the time in the line on standard input, as Docker or a CRI runtime writes it; a large number when there is none.
log_age() {
  la_time='([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9:]{8})[.0-9]*(Z|[-+][0-9:]{5})'
  la_then=$(sed -n -E "s/^$la_time .*/\\1 \\2 \\3/p; s/.*\"time\":\"$la_time\".*/\\1 \\2 \\3/p" | head -n 1)
  la_then=${la_then%" Z"}
  la_then=$(date -u -d "${la_then:-nothing}" +%s 2>/dev/null) || la_then=0
  echo "$(($(date +%s) - la_then))"
}

# probe_node_not_found FOLDER: does flannel still ask for a node that there is not? It tries each second, so an older line is of the past.
probe_node_not_found() {
  nf_last=$(flannel_logs "$1" | grep -e 'failed to acquire lease: node' -e 'Lease acquired' -e 'Wrote subnet file' | tail -n 1)
  case $nf_last in
    *'failed to acquire lease: node'*) ;;
    *) return 0 ;;
  esac
  [ "$(printf '%s\n' "$nf_last" | log_age)" -gt 120 ] || differs "$(printf '%s\n' "$nf_last" | cut -c 1-500)"
}

# ---- the bridge and its addresses ----

# probe_bridge SYS BRIDGE ROOT
probe_bridge() {
  has_network "$3" || return 0
  pb_own=$(own_address "$3")
  [ -z "$pb_own" ] || check_bridge "$1" "$2" "$pb_own"
}

# propose_bridge SYS BRIDGE ROOT NODE: the plugin makes it anew for the next pod.
propose_bridge() {
  probe_bridge "$1" "$2" "$3" >/dev/null && return 0
  pr_pods=
  for pr_port in "$1/$2/brif"/*; do
    [ ! -e "$pr_port" ] || pr_pods="$pr_pods ${pr_port##*/}"
  done
  if [ -n "$pr_pods" ]; then
    refuse "Pods hang on $2 (by$pr_pods), and would lose their network. Move them away first: kubectl drain $4 --ignore-daemonsets; afterwards: kubectl uncordon $4"
    return
  fi
  propose "$2 goes, on which no pod hangs; the plugin makes it anew" "ip link delete $(quoted "$2")"
}

# node_runtime ROOT: who runs the containers of this node's pods.
node_runtime() {
  if grep -q -s -e 'containerd\.sock' "$1/var/lib/kubelet/kubeadm-flags.env" "$1/var/lib/kubelet/config.yaml" "$1/var/lib/kubelet/instance-config.yaml"; then
    echo containerd
  else
    echo docker
  fi
}

# probe_leases ROOT
probe_leases() {
  has_network "$1" || return 0
  pl_own=$(own_address "$1")
  [ -n "$pl_own" ] || pl_own=/24
  pl_size=$(((1 << (32 - ${pl_own#*/})) - 3))
  [ "$pl_size" -gt 0 ] || return 0
  for pl_folder in "$1"/var/lib/cni/networks/*/; do
    [ -d "$pl_folder" ] || continue
    pl_told=$(check_leases "${pl_folder%/}" "$pl_size" "$(node_runtime "$1")")
    pl_status=$?
    [ "$pl_status" -eq 0 ] || printf '%s\n' "$pl_told"
    [ "$pl_status" -eq 0 ] || return "$pl_status"
  done
}

# ---- packets between nodes ----

# is_on FILE: does the kernel have 1 there?
is_on() {
  io_value=
  [ -r "$1" ] && read -r io_value <"$1"
  [ "$io_value" = 1 ]
}

# probe_kernel SYSCTL POD_SUBNET: this host drops what it should pass on between pods. SYSCTL is /proc/sys.
probe_kernel() {
  pk_status=0
  is_on "$1/net/ipv4/ip_forward" ||
    differs 'net.ipv4.ip_forward is not 1: this host passes no packets of pods on' || pk_status=1
  if [ -e "$1/net/bridge/bridge-nf-call-iptables" ] && ! is_on "$1/net/bridge/bridge-nf-call-iptables"; then
    differs 'net.bridge.bridge-nf-call-iptables is not 1: services do not work between pods of this host' || pk_status=1
  fi
  if have iptables; then
    pk_rules=$(iptables -w -S FORWARD 2>/dev/null)
    case $pk_rules in
      *'-P FORWARD DROP'*)
        case $pk_rules in
          *FLANNEL-FWD* | *PROVISION-PODS* | *flanneld* | *cali-FORWARD* | *WEAVE* | *CILIUM* | *"-s $2 -j ACCEPT"*) ;;
          *) differs 'the chain FORWARD drops (as Docker has it), and no rule lets packets of pods through' || pk_status=1 ;;
        esac
        ;;
    esac
  fi
  return "$pk_status"
}

# peers: "GATEWAY NODE" for each part of the network that flannel wraps packets for: the address of flannel.1 over there, and the node to
# which packets for it are sent.
peers() {
  {
    bridge fdb show dev flannel.1
    ip -4 neigh show dev flannel.1
    ip -4 route show dev flannel.1
  } 2>/dev/null | awk '
    { for (i = 2; i < NF; i++) if ($i == "dst") node[$1] = $(i + 1); else if ($i == "lladdr") mac[$1] = $(i + 1) }
    $2 == "via" && mac[$3] in node { print $3, node[mac[$3]] }'
}

# answers ADDRESS [OPTIONS]...: one of two packets is enough.
answers() {
  an_address=$1
  shift
  ping -n -q -c 2 -i 0.2 -W 1 "$@" "$an_address" >/dev/null 2>&1
}

# try_peer HOST GATEWAY NODE SIZE: a packet of full size first, and a small one if it gets lost: it says which of the two it is. That the
# node itself does not answer is another matter.
try_peer() {
  answers "$2" -M "do" -s "$4"
  tp_full=$?
  [ "$tp_full" -ne 0 ] || return 0
  if answers "$2"; then
    # Not every ping knows -M.
    [ "$tp_full" -ne 1 ] || printf 'the node %s itself does not reach %s of the node %s with packets of full size (%s bytes), and with small ones it does\n' "$1" "$2" "$3" "$(($4 + 28))"
  elif answers "$3"; then
    printf 'the node %s itself does not reach %s, the network of pods of the node %s, which itself answers\n' "$1" "$2" "$3"
  fi
}

# wraps_from ADDRESS: does flannel send wrapped packets from there?
wraps_from() {
  case $(ip -d -o link show dev flannel.1 2>/dev/null) in
    *" local $1 "*) return 0 ;;
  esac
  return 1
}

# probe_overlay HOST OWN NODE...: addresses of the inventory. Where flannel wraps from or to another address, it is
# flannel-wrong-interface.
probe_overlay() {
  po_host=$1 po_own=$2
  shift 2
  have ping && wraps_from "$po_own" || return 0
  po_mtu=1450
  [ ! -r /sys/class/net/flannel.1/mtu ] || read -r po_mtu </sys/class/net/flannel.1/mtu
  po_size=$((po_mtu - 28)) po_targets='' po_all=$(peers)
  while read -r po_gateway po_node; do
    case " $* " in
      *" ${po_node:-none} "*) po_targets="$po_targets icmp/$po_gateway/$po_size/$po_node" ;;
    esac
  done <<END
$po_all
END
  # shellcheck disable=SC2086 # a word for each
  ask_all $po_targets
  po_found=$(
    for po_target in $po_targets; do
      if is_silent "$po_target"; then
        po_node=${po_target##*/} po_gateway=${po_target#icmp/}
        try_peer "$po_host" "${po_gateway%%/*}" "$po_node" "$po_size" &
      fi
    done
    wait
  )
  tell_evidence "$po_found"
}

# probe_routes SCRIPT: ours, where the network is one of routes.
probe_routes() {
  [ ! -x "$1" ] || "$1" check
}

# probe_ipip SYS: Calico wraps packets in IP protocol 4, and nothing ever came back that way.
probe_ipip() {
  [ -d "$1/tunl0" ] && [ -n "$(ip -4 route show dev tunl0 2>/dev/null)" ] || return 0
  pi_sent=$(cat "$1/tunl0/statistics/tx_packets" 2>/dev/null || echo 0)
  pi_got=$(cat "$1/tunl0/statistics/rx_packets" 2>/dev/null || echo 0)
  [ "$pi_sent" -lt 20 ] || [ "$pi_got" -gt 0 ] ||
    differs "tunl0 has sent $pi_sent packets and got none: IP protocol 4 does not come through between the hosts"
}
