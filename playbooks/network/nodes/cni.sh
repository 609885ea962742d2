# shellcheck shell=sh
# The state of the pods' network on one node: its bridge, the leases of addresses, what flannel left for kubelet.

# check_first_config FOLDER NAME: kubelet takes the first file by name. One of another plugin in front of ours would be it.
check_first_config() {
  for fc_file in "$1"/*; do
    fc_name=${fc_file##*/}
    case $fc_name in
      "$2") return 0 ;;
      *.conf | *.conflist | *.json) ;;
      *) continue ;;
    esac
    [ "$(printf '%s\n%s\n' "$fc_name" "$2" | sort | head -n 1)" = "$fc_name" ] || return 0
    cannot "$fc_file is of another network plugin, and kubelet takes it because its name comes before $2. If nothing needs it any more, remove it (with what that plugin has in the cluster): rm $fc_file"
  done
}

# check_plugins FOLDER NAME...: are these programs there?
check_plugins() {
  cp_folder=$1 cp_missing=
  shift
  for cp_name in "$@"; do
    [ -x "$cp_folder/$cp_name" ] || cp_missing="$cp_missing $cp_name"
  done
  [ -z "$cp_missing" ] || differs "$cp_folder has no$cp_missing; the package kubernetes-cni (or containernetworking-plugins) brings them"
}

# ---- the bridge ----

# bridge_addresses BRIDGE: its IPv4 addresses with prefix lengths, a line each.
bridge_addresses() {
  ip -4 -o addr show dev "$1" 2>/dev/null | awk '{ for (i = 1; i < NF; i++) if ($i == "inet") print $(i + 1) }'
}

# check_bridge SYS BRIDGE ADDRESS: SYS is /sys/class/net; ADDRESS is the one that it must have, - while that is not known.
check_bridge() {
  [ -d "$1/$2" ] || return 0
  [ "$3" != - ] || differs "$2 is there; whether its address is right is known after network-pod-subnets" || return 1
  for cb_address in $(bridge_addresses "$2"); do
    [ "$cb_address" = "$3" ] || differs "\"$2\" already has an IP address different from $3: it has $cb_address, of another part of the network (pitfall cni-address-conflict)" || return 1
  done
}

# remove_bridge SYS BRIDGE NODE: the plugin makes it anew for the next pod. With pods on it, they would lose their network.
remove_bridge() {
  rb_pods=
  for rb_port in "$1/$2/brif"/*; do
    [ ! -e "$rb_port" ] || rb_pods="$rb_pods ${rb_port##*/}"
  done
  if [ -n "$rb_pods" ]; then
    cannot "Pods of $3 still hang on $2 (by$rb_pods), so it was left alone. Move them away, then run again: kubectl drain $3 --ignore-daemonsets; ip link delete $2; kubectl uncordon $3"
  fi
  ip link delete "$2"
}

# ---- leases ----

# leases FOLDER: files of leases, a line each: named like an address, and nothing else.
leases() {
  for le_file in "$1"/*; do
    case ${le_file##*/} in
      *[!0-9.]* | *..* | .* | *.) ;;
      *.*.*.*) printf '%s\n' "$le_file" ;;
    esac
  done
}

# containers RUNTIME: ids of all that the runtime knows, running or not, a line each; fails when it does not answer.
containers() {
  case $1 in
    containerd) timeout 20 ctr -n k8s.io containers list -q ;;
    *) timeout 20 docker ps -aq --no-trunc ;;
  esac
}

# orphans FOLDER RUNTIME: leases of containers that the runtime does not know. A lease may be a moment older than its container,
# so that young ones are left out. 2 when the runtime does not answer.
orphans() {
  or_known=$(containers "$2" 2>&1) || cannot "$2 cannot be asked which containers there are: $or_known"
  leases "$1" | while IFS= read -r or_file; do
    [ -n "$(find "$or_file" -mmin +10 2>/dev/null)" ] || continue
    or_id=$(head -n 1 "$or_file" 2>/dev/null | tr -d '\r \n')
    case $or_id in
      '' | *[!A-Za-z0-9_-]*) continue ;;
    esac
    case $NL$or_known$NL in
      *"$NL$or_id$NL"*) ;;
      *) printf '%s\n' "$or_file" ;;
    esac
  done
}

# check_leases FOLDER SIZE RUNTIME: SIZE is how many addresses the part of the node has; - while that is not known. While there
# is room for a tenth of them, nothing is asked.
check_leases() {
  [ "$2" != - ] && [ -d "$1" ] || return 0
  cl_count=$(leases "$1" | wc -l)
  [ "$((cl_count * 10))" -ge "$(($2 * 9))" ] || return 0
  cl_orphans=$(orphans "$1" "$3") || {
    printf '%s\n' "$cl_orphans"
    return 2
  }
  if [ -z "$cl_orphans" ]; then
    echo "note: $cl_count of the $2 addresses for pods of this node are taken, all by containers that are there"
    return 0
  fi
  differs "$cl_count of the $2 addresses for pods of this node are taken, $(printf '%s\n' "$cl_orphans" | wc -l) of them by containers that are gone: soon there are \"no IP addresses available in network: ${1##*/}\" (pitfall cni-ip-exhausted)"
}

# free_leases FOLDER RUNTIME
free_leases() {
  fl_orphans=$(orphans "$1" "$2") || {
    printf '%s\n' "$fl_orphans"
    return 2
  }
  printf '%s\n' "$fl_orphans" | while IFS= read -r fl_file; do
    [ -n "$fl_file" ] || continue
    rm -f "$fl_file" && printf 'freed %s\n' "${fl_file##*/}"
  done
}

# ---- flannel ----

# flanneld: process ids of flannel's daemon.
flanneld() {
  grep -lsx flanneld /proc/[0-9]*/comm | sed 's|^/proc/||; s|/comm$||'
}

# check_subnet_env FILE ADDRESS: what flannel wrote for the plugin that kubelet calls: pitfall flannel-subnet-env.
check_subnet_env() {
  [ -n "$(flanneld)" ] || return 0
  if [ ! -s "$1" ]; then
    differs "open $1: no such file or directory; flanneld runs on this node, so it has lost what it wrote"
    return 1
  fi
  [ "$2" != - ] || return 0
  se_subnet=$(sed -n 's/^FLANNEL_SUBNET=//p' "$1")
  [ "$se_subnet" = "$2" ] || differs "$1 says $se_subnet, and the part of this node is $2: it is another node's"
}

# restart_flannel FILE ADDRESS: kubelet starts it again; when it has its lease, it writes the file.
restart_flannel() {
  rf_pids=$(flanneld)
  [ -n "$rf_pids" ] || cannot 'flanneld does not run on this node. Why not: kubectl -n kube-flannel get pods -o wide (or -n kube-system), then kubectl logs'
  rm -f "$1"
  # shellcheck disable=SC2086 # several words
  kill $rf_pids
  rf_end=$(($(date +%s) + 150)) rf_told=0
  while ! { [ -s "$1" ] && check_subnet_env "$1" "$2" >/dev/null; }; do
    rf_left=$((rf_end - $(date +%s)))
    [ "$rf_left" -gt 0 ] || cannot "open $1: no such file or directory; flanneld was ended and has not written it again. Look at its pod on this node: kubectl -n kube-flannel get pods -o wide, then kubectl logs"
    if [ "$rf_left" -le "$((150 - rf_told - 5))" ]; then
      rf_told=$((150 - rf_left))
      printf 'waiting for flannel to write %s (%s s left)\n' "$1" "$rf_left"
    fi
    sleep 1
  done
}
