# shellcheck shell=sh
# How a host, or the cluster that it may ask, shows a pitfall of the network: 0 well, 1 found, with what was seen. They only look.
# Needs kubectl.sh, ready.sh and cni.sh.

# asks_cluster: a host that cannot ask has nothing to say of the cluster as a whole.
asks_cluster() {
  have kubectl && [ -r /etc/kubernetes/admin.conf ]
}

is_node() {
  [ -s /etc/kubernetes/kubelet.conf ]
}

# tell_evidence TEXT: nothing is well.
tell_evidence() {
  [ -n "$1" ] || return 0
  printf '%s\n' "$1"
  return 1
}

# kubelet_says PATTERN: the last lines of kubelet of the past half hour that say so.
kubelet_says() {
  is_node && have journalctl || return 0
  tell_evidence "$(timeout 20 journalctl -u kubelet --since=-30min -n 4000 -o cat 2>/dev/null | grep -e "$1" | tail -n 3 | cut -c 1-500)"
}

# probe_not_configured: nodes that are not ready, and say that it is for want of a network.
probe_not_configured() {
  asks_cluster || return 0
  pc_state=$(ready_state 2>/dev/null) || return 0
  tell_evidence "$(printf '%s\n' "$pc_state" | awk -F '\t' '$1 == "node" && $3 != "True" && $5 ~ /[Nn]etwork|cni/ { print "the node " $2 " is not ready: " $5 }')"
}

# probe_flannel_interface: the address that flannel uses on a node is not the one by which the cluster knows the node.
probe_flannel_interface() {
  asks_cluster || return 0
  # shellcheck disable=SC2016 # for kubectl
  fi_nodes=$(kube get nodes -o go-template='{{range .items}}{{.metadata.name}} {{with .metadata.annotations}}{{with index . "flannel.alpha.coreos.com/public-ip"}}{{.}}{{else}}-{{end}}{{else}}-{{end}}{{range .status.addresses}}{{if eq .type "InternalIP"}} {{.address}}{{end}}{{end}}{{"\n"}}{{end}}' 2>/dev/null) || return 0
  tell_evidence "$(printf '%s\n' "$fi_nodes" | awk '$2 != "-" && NF > 2 { own = 0; for (i = 3; i <= NF; i++) if ($i == $2) own = 1; if (!own) print "the node " $1 " has the address " $3 ", and flannel uses " $2 " as external interface" }')"
}

# probe_subnet_env FILE
probe_subnet_env() {
  is_node || return 0
  check_subnet_env "$1" - || return 1
  kubelet_says "open $1: no such file or directory"
}

# probe_bridge SYS BRIDGE FILE: the bridge against what flannel wrote, and what kubelet says of it.
probe_bridge() {
  is_node || return 0
  pb_address=$(sed -n 's/^FLANNEL_SUBNET=//p' "$3" 2>/dev/null)
  if [ -n "$pb_address" ]; then
    check_bridge "$1" "$2" "$pb_address" || return 1
  fi
  kubelet_says 'already has an IP address different from'
}

# probe_leases: a folder of leases with as many as a network of 256 addresses has, or what kubelet says.
probe_leases() {
  is_node || return 0
  for pl_folder in /var/lib/cni/networks/*/; do
    [ -d "$pl_folder" ] || continue
    pl_count=$(leases "${pl_folder%/}" | wc -l)
    [ "$pl_count" -lt 250 ] || differs "$pl_folder has $pl_count leases of addresses" || return 1
  done
  kubelet_says 'no IP addresses available in'
}

# probe_flannel_logs PATTERN: what flannel's own log says; it runs in a container, and its log lies on the host.
probe_flannel_logs() {
  is_node || return 0
  fg_found=
  for fg_file in /var/log/containers/kube-flannel-*.log; do
    [ -r "$fg_file" ] || continue
    fg_last=$(tail -n 200 "$fg_file" | grep -e "$1" -e 'Lease acquired' -e 'Wrote subnet file' | tail -n 1)
    case $fg_last in
      '' | *'Lease acquired'* | *'Wrote subnet file'*) ;;
      *) fg_found="$fg_found${fg_found:+$NL}$fg_last" ;;
    esac
  done
  tell_evidence "$fg_found"
}

# probe_forwarding: this host drops what it should pass on between pods.
probe_forwarding() {
  is_node || return 0
  pf_status=0
  [ "$(cat /proc/sys/net/ipv4/ip_forward 2>/dev/null)" = 1 ] ||
    differs 'net.ipv4.ip_forward is not 1: this host passes no packets of pods on' || pf_status=1
  if [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] && [ "$(cat /proc/sys/net/bridge/bridge-nf-call-iptables)" != 1 ]; then
    differs 'net.bridge.bridge-nf-call-iptables is not 1: services do not work between pods of this host' || pf_status=1
  fi
  if have iptables; then
    pf_rules=$(iptables -w -S FORWARD 2>/dev/null)
    case $pf_rules in
      *'-P FORWARD DROP'*)
        case $pf_rules in
          *FLANNEL-FWD* | *PROVISION-PODS* | *flanneld* | *cali-FORWARD* | *WEAVE* | *CILIUM* | *'-s 10.244.0.0/16 -j ACCEPT'*) ;;
          *) differs 'the chain FORWARD drops (as Docker has it), and no rule lets packets of pods through' || pf_status=1 ;;
        esac
        ;;
    esac
  fi
  return "$pf_status"
}

# probe_ipip: Calico wraps packets in IP protocol 4, and nothing ever came back that way.
probe_ipip() {
  is_node && [ -d /sys/class/net/tunl0 ] || return 0
  pi_sent=$(cat /sys/class/net/tunl0/statistics/tx_packets 2>/dev/null || echo 0)
  pi_got=$(cat /sys/class/net/tunl0/statistics/rx_packets 2>/dev/null || echo 0)
  [ "$pi_sent" -lt 20 ] || [ "$pi_got" -gt 0 ] ||
    differs "tunl0 has sent $pi_sent packets and got none: IP protocol 4 does not come through between the hosts"
}
