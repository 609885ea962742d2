# shellcheck shell=sh
# Do the pitfalls of this stage show on this host? Each function only looks, and says what it found; 0 is well. Needs node-api.sh.

# kubelet_arguments: those of the kubelet that runs, a line each.
kubelet_arguments() {
  grep -l -s -x kubelet /proc/[0-9]*/comm | while IFS= read -r ka_file; do
    tr '\000' '\n' 2>/dev/null <"${ka_file%/comm}/cmdline"
  done
}

# ---- the address of the API server ----

# probe_advertised ROOT ADDRESS: is the API server known by another address than the private one of the inventory? ROOT is empty but in tests.
probe_advertised() {
  pa_manifest=$1/etc/kubernetes/manifests/kube-apiserver.yaml
  [ -r "$pa_manifest" ] || return 0
  pa_address=$(sed -n 's/.*--advertise-address=\([0-9a-fA-F.:]*\).*/\1/p' "$pa_manifest" | head -n 1)
  [ -n "$pa_address" ] && [ "$pa_address" != "$2" ] || return 0
  tell_evidence "The API server advertises $pa_address, and the private address of this host is $2."
}

# ---- eviction ----

# hard_thresholds CONFIG: "SIGNAL VALUE" of what kubelet was told, by a flag or by its file; nothing when it has its defaults.
hard_thresholds() {
  ht_flag=$(kubelet_arguments | awk 'sub(/^--eviction-hard=/, "") { flag = $0 } END { print flag }')
  if [ -n "$ht_flag" ]; then
    printf '%s\n' "$ht_flag" | tr ',' '\n' | sed -n 's/^ *\([A-Za-z.]*\) *< *\(.*\)$/\1 \2/p'
    return 0
  fi
  [ -r "$1" ] || return 0
  # What lacks a signal is filled up where kubelet was told to.
  awk '
    /^mergeDefaultEvictionSettings: *true/ { merged = 1 }
    /^[^ \t#-]/ { inside = (index($0, "evictionHard:") == 1) }
    inside && /^[ \t]/ && NF { gsub(/["\047]/, ""); split($0, part, ":"); gsub(/[ \t]/, "", part[1]); gsub(/[ \t]/, "", part[2]); line[++count] = part[1] " " part[2] }
    END { if (merged) print "merged yes"; for (i = 1; i <= count; i++) print line[i] }' "$1"
}

# value_of SIGNAL THRESHOLDS: as $VALUE; empty when there is none.
value_of() {
  VALUE=
  while read -r vo_signal vo_text; do
    [ "$vo_signal" != "$1" ] || VALUE=$vo_text
  done <<END
$2
END
}

# evicts FOLDER SIGNAL VALUE DEFAULT DECLARED: does kubelet evict by the threshold that it has, though the disk has room by the
# inventory's and by kubelet's own? A disk that is full is hosts-root-disk-small.
evicts() {
  [ -n "$3" ] && room "$1" || return 0
  is_below "$3" || return 0
  ! is_full "$4" "$5" || return 0
  tell_evidence "kubelet evicts pods below $2 $3, and $((FREE * 100 / SIZE)) % of the file system of $1 are free"
}

# probe_eviction CONFIG NODEFS IMAGEFS DATA_ROOT: the thresholds of the inventory, and where Docker keeps its data. Needs disks.sh.
probe_eviction() {
  pe_all=$(hard_thresholds "$1")
  [ -n "$pe_all" ] || return 0
  value_of merged "$pe_all"
  if [ -z "$VALUE" ]; then
    pe_missing=
    for pe_signal in memory.available nodefs.available nodefs.inodesFree imagefs.available; do
      value_of "$pe_signal" "$pe_all"
      [ -n "$VALUE" ] || pe_missing="$pe_missing $pe_signal"
    done
    [ -z "$pe_missing" ] || tell_evidence "$1 or a flag of kubelet sets evictionHard without$pe_missing: kubelet has no threshold for what is left out." || return
  fi
  pe_status=0
  value_of nodefs.available "$pe_all"
  evicts /var/lib/kubelet nodefs.available "$VALUE" "$NODEFS_DEFAULT" "$2" || pe_status=1
  value_of imagefs.available "$pe_all"
  evicts "$(images_folder "$4")" imagefs.available "$VALUE" "$IMAGEFS_DEFAULT" "$3" || pe_status=1
  return "$pe_status"
}

# ---- swap ----

# probe_swap SWAPS FILE...: FILES are where kubelet may have been told to go on with swap.
probe_swap() {
  have kubelet || return 0
  ps_swaps=$1
  shift
  ps_found=$(sed -n 's/^\(\/[^ ]*\) .*/swap is on: \1/p' "$ps_swaps" 2>/dev/null)
  [ -n "$ps_found" ] && ! grep -q -s -e '^failSwapOn: *false' -e '--fail-swap-on=false' "$@" || return 0
  differs "$ps_found"
}

# ---- tokens of pods ----

# probe_tokens CONF CA NODE PODS: does the API server take the tokens that the pods of this host have?
probe_tokens() {
  have curl && [ -r "$1" ] || return 0
  pk_bad=$(refused_tokens "$@")
  [ -n "$pk_bad" ] || return 0
  pk_bad=$(printf '%s\n' "$pk_bad" | sed "s|^$4/||" | head -n 5 | tr '\n' ' ')
  tell_evidence "The API server answers 401 to the tokens ${pk_bad% }."
}

# propose_new_pods CONF CA NODE PODS: those whose token is refused, as far as somebody makes them anew.
propose_new_pods() {
  have curl && [ -r "$1" ] || return 0
  pn_uids=$(refused_tokens "$@" | sed "s|^$4/||; s|/.*||" | sort -u)
  [ -n "$pn_uids" ] || return 0
  # shellcheck disable=SC2016 # for kubectl
  pn_pods=$(node_kubectl "$1" get pods --all-namespaces --field-selector="spec.nodeName=$3" \
    -o go-template='{{range .items}}{{.metadata.uid}} {{.metadata.namespace}} {{.metadata.name}} {{if .metadata.ownerReferences}}owned{{else}}alone{{end}}{{"\n"}}{{end}}' 2>&1) || {
    refuse "the pods of $3 cannot be asked for: $(printf '%s\n' "$pn_pods" | tail -n 1)"
    return
  }
  pn_alone=
  while read -r pn_uid pn_space pn_name pn_kind; do
    case $NL$pn_uids$NL in
      *"$NL$pn_uid$NL"*) ;;
      *) continue ;;
    esac
    if [ "$pn_kind" = owned ]; then
      propose "the pod $pn_space/$pn_name is made anew, with a new token" \
        "kubectl --kubeconfig=$1 -n $(quoted "$pn_space") delete pod $(quoted "$pn_name")"
    else
      pn_alone="$pn_alone $pn_space/$pn_name"
    fi
  done <<END
$pn_pods
END
  [ -z "$pn_alone" ] || refuse "nobody makes these pods anew once they are deleted, so do it yourself:$pn_alone"
}

# ---- folders of the host ----

# mounted_folders: of the API's own text of a list of pods on standard input, "NAMESPACE TYPE PATH" for each folder of the host.
mounted_folders() {
  grep -o -E '"namespace": *"[^"]*"|"hostPath": *\{[^}]*\}' | awk '
    /^"namespace"/ { split($0, part, "\""); namespace = part[4]; next }
    {
      type = $0
      if (!sub(/.*"type": *"/, "", type)) type = ""
      sub(/".*/, "", type)
      sub(/.*"path": *"/, "")
      sub(/".*/, "")
      print namespace, type == "" ? "-" : type, $0
    }'
}

# probe_host_paths CONF CA NODE PODS: folders of this host that its pods mount and that are missing or empty. Those of the system's pods may be. Whether
# there are any is seen in the text of the API; only to learn whose they are takes kubectl, and longer.
probe_host_paths() {
  [ -s "$1" ] && have kubectl || return 0
  ph_text=$(pods_of_node "$@" 2>&1) ||
    cannot "the pods of $3 cannot be asked for: $(printf '%s\n' "$ph_text" | tail -n 1)"
  [ -n "$(printf '%s\n' "$ph_text" | mounted_folders | tell_empty)" ] || return 0
  # shellcheck disable=SC2016 # for kubectl
  ph_template='{{range .items}}{{$pod := .metadata}}{{if and (ne .status.phase "Succeeded") (ne .status.phase "Failed")}}{{range .spec.volumes}}{{if .hostPath}}{{$pod.namespace}}/{{$pod.name}} {{if .hostPath.type}}{{.hostPath.type}}{{else}}-{{end}} {{.hostPath.path}}{{"\n"}}{{end}}{{end}}{{end}}{{end}}'
  ph_all=$(node_kubectl "$1" get pods --all-namespaces --field-selector="spec.nodeName=$3" -o go-template="$ph_template" 2>&1) ||
    cannot "the pods of $3 cannot be asked for: $(printf '%s\n' "$ph_all" | tail -n 1)"
  tell_evidence "$(printf '%s\n' "$ph_all" | tell_empty)"
}

# tell_empty: of lines NAMESPACE/POD or NAMESPACE, TYPE and PATH on standard input. Whoever says that a path is to be made wants it empty.
tell_empty() {
  while read -r te_pod te_type te_path; do
    case $te_pod in
      '' | kube-* | provision-* | calico-* | tigera-* | cilium* | weave*) continue ;;
    esac
    if [ ! -e "$te_path" ]; then
      case $te_type in
        *OrCreate) ;;
        *) printf '%s mounts %s, which this host does not have.\n' "$te_pod" "$te_path" ;;
      esac
    elif [ -d "$te_path" ] && [ -z "$(ls -A "$te_path" 2>/dev/null)" ]; then
      case $te_type in
        *OrCreate) ;;
        *) printf '%s mounts %s, which is empty on this host.\n' "$te_pod" "$te_path" ;;
      esac
    fi
  done
}
