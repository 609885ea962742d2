# shellcheck shell=sh
# How the cluster shows a pitfall of its network, and what cures it there. Asked once, on a host that is its administrator. They only
# look. Needs kubectl.sh, and nodes.sh of playbooks.

# Names of the DaemonSets that bring a plugin to the nodes.
PLUGIN_PODS='(kube-flannel|calico-node|weave-net|cilium)'

# without_network: of the lines of node_lines on standard input, "NODE WHY" with a tab, for nodes that are not ready for want of a network. A
# runtime that does not run has none to tell of, either.
without_network() {
  awk -F '\t' '$1 == "node" && $4 != "True" && $8 ~ /[Nn]etwork|cni/ && $8 !~ /container runtime is down/ { print $2 "\t" $8 }'
}

# is_networked STATE: has the cluster ever had a network? Before the stage, nodes wait for it as they should.
is_networked() {
  ! printf '%s\n' "$1" | awk -F '\t' '$1 == "node" && $4 == "True" { exit 1 }' || [ -e "$STATE/proofs/network-pairs" ] || [ -e /etc/provision/pod-routes ] ||
    kube get daemonsets --all-namespaces -o name 2>/dev/null | grep -q -E -e "$PLUGIN_PODS"
}

# probe_not_configured: nodes that are not ready, and say that it is for want of a network.
probe_not_configured() {
  pc_state=$(node_lines 2>&1) || cannot "the nodes cannot be asked for: $pc_state"
  pc_nodes=$(printf '%s\n' "$pc_state" | without_network)
  [ -n "$pc_nodes" ] && is_networked "$pc_state" || return 0
  differs "$(printf '%s\n' "$pc_nodes" | sed 's/^\([^	]*\)	/the node \1 is not ready: /')"
}

# propose_plugin_pods: the plugin's pod of a node without a network starts anew, and brings its configuration when it does.
propose_plugin_pods() {
  pp_state=$(node_lines 2>&1) || {
    refuse "the nodes cannot be asked for: $(printf '%s\n' "$pp_state" | tail -n 1)"
    return
  }
  pp_nodes=$(printf '%s\n' "$pp_state" | without_network | cut -f 1)
  [ -n "$pp_nodes" ] || return 0
  kube get pods --all-namespaces -o go-template='{{range .items}}{{.metadata.namespace}} {{.metadata.name}} {{with .spec.nodeName}}{{.}}{{end}}{{"\n"}}{{end}}' 2>/dev/null |
    grep -E -e " $PLUGIN_PODS" | while read -r pp_space pp_pod pp_node; do
    case $NL$pp_nodes$NL in
      *"$NL$pp_node$NL"*)
        propose "the plugin starts anew on $pp_node, and writes its configuration there" \
          "kubectl --kubeconfig=$ADMIN_CONF -n $(quoted "$pp_space") delete pod $(quoted "$pp_pod")"
        ;;
    esac
  done
}

# probe_flannel_interface: the address that flannel uses on a node is not the one by which the cluster knows the node. One that the
# operator gave it by the annotation public-ip-overwrite is meant so.
probe_flannel_interface() {
  fi_nodes=$(node_lines 2>&1) || cannot "the nodes cannot be asked for: $fi_nodes"
  fi_found=$(printf '%s\n' "$fi_nodes" | awk -F '\t' '$1 == "node" && $5 != "-" && $5 != "given" && $6 != "" && index(" " $6, " " $5 " ") == 0 {
    split($6, own, " ")
    print "the node " $2 " has the address " own[1] ", and flannel uses " $5 " as external interface"
  }')
  [ -z "$fi_found" ] || differs "$fi_found"
}

# propose_vxlan: pools of Calico whose packets go in IP protocol 4 get VXLAN.
propose_vxlan() {
  kube get ippools.crd.projectcalico.org -o jsonpath='{range .items[*]}{.metadata.name} {.spec.ipipMode}{"\n"}{end}' 2>/dev/null |
    while read -r pv_pool pv_mode; do
      case $pv_mode in
        Always | CrossSubnet)
          propose "packets of the pool $pv_pool go by VXLAN (UDP port 4789)" \
            "kubectl --kubeconfig=$ADMIN_CONF patch ippools.crd.projectcalico.org $(quoted "$pv_pool") --type=merge -p '{\"spec\":{\"ipipMode\":\"Never\",\"vxlanMode\":\"$pv_mode\"}}'"
          ;;
      esac
    done
}

