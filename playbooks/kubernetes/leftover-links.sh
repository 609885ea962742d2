# shellcheck shell=sh
# What a reset by hand leaves of the network of pods, and how it goes. Needs reset.sh and member/state.sh.

# Files by which plugins tell kubelet of themselves; those of others stay.
OUR_CONFIGS='10-flannel.conf* 10-provision.conf* 10-calico.conf* calico-kubeconfig 10-weave.conf* 05-cilium.conf*'

# is_plain ROOT: is the host no node, not even half of one? What is left of a node is kubeadm-leftovers.
is_plain() {
  [ -z "$(left_behind "$1")" ]
}

# probe_links SYS: SYS is /sys/class/net.
probe_links() {
  pl_links=$(list_links "$1" | sort -u | head -n 8 | tr '\n' ' ')
  [ -z "$pl_links" ] || differs "This host is no node, and still has the links ${pl_links% }." || return
  pl_chains=$(list_rules '' | grep -e '^chain ' | sort -u | wc -l | tr -d ' ')
  [ "$pl_chains" -eq 0 ] || differs "This host is no node, and still has $pl_chains chains of iptables of a cluster."
}

# why_pods_run: that pods still run here, or that nobody can tell; nothing when none does.
why_pods_run() {
  if have docker; then
    wp_docker=$(timeout 20 docker ps --format '{{.Names}}' 2>&1) || {
      printf 'Docker cannot be asked which pods run: %s\n' "$(printf '%s\n' "$wp_docker" | tail -n 1)"
      return 0
    }
    ! printf '%s\n' "$wp_docker" | grep -q -e '^k8s_' || {
      echo 'containers of pods still run on this host'
      return 0
    }
  fi
  have ctr && [ -S /run/containerd/containerd.sock ] || return 0
  wp_tasks=$(timeout 20 ctr -n k8s.io tasks ls -q 2>&1) || {
    printf 'containerd cannot be asked which pods run: %s\n' "$(printf '%s\n' "$wp_tasks" | tail -n 1)"
    return 0
  }
  [ -z "$wp_tasks" ] || echo 'containers of pods still run on this host'
}

# propose_clean_links SYS ROOT: ROOT is empty but in tests.
propose_clean_links() {
  is_plain "$2" || {
    refuse 'this host is a node, or half of one: provision reset --stage kubernetes --host HOST'
    return
  }
  pc_why=$(why_pods_run)
  if [ -n "$pc_why" ]; then
    refuse "$pc_why"
    return
  fi
  list_links "$1" | sort -u | while read -r pc_link; do
    case $pc_link in
      tunl0) propose 'tunl0 has no address any more' 'ip addr flush dev tunl0; ip link set tunl0 down' ;;
      *) propose "the link $pc_link goes" "ip link delete $(quoted "$pc_link")" ;;
    esac
  done
  for pc_folder in "$2/var/lib/cni" "$2/run/flannel"; do
    [ -z "$(ls -A "$pc_folder" 2>/dev/null)" ] ||
      propose "what the plugins kept in $pc_folder goes" "find $(quoted "$pc_folder") -xdev -mindepth 1 -delete"
  done
  for pc_name in $OUR_CONFIGS; do
    for pc_file in "$2/etc/cni/net.d"/$pc_name; do
      [ ! -f "$pc_file" ] || propose "$pc_file goes" "rm -f $(quoted "$pc_file")"
    done
  done
  propose_clean_rules
}

# propose_clean_rules: all but the chains of a cluster, and what leads to them, is put back in one step.
propose_clean_rules() {
  cr_names=$(printf '%s' "$OUR_CHAINS" | sed 's/^^//; s/\$//')
  for cr_program in $(backends); do
    [ -n "$("$cr_program-save" 2>/dev/null | of_tables '')" ] || continue
    propose "the chains of a cluster go from $cr_program; others stay" \
      "$cr_program-save | grep -v -E -e $(quoted "^:$cr_names") -e $(quoted "^-A $cr_names") -e $(quoted "-[jg] $cr_names") -e $(quoted 'flanneld (masq|forward)') | $cr_program-restore"
  done
}
