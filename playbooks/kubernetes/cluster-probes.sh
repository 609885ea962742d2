# shellcheck shell=sh
# Do the pitfalls of this stage show in the cluster? Asked once, on a host that is its administrator. They only look. Needs
# kubectl.sh, pods.sh and nodes.sh of playbooks.

# ---- kube-proxy ----

# proxy_settings: its ConfigMap, a line for each of its settings; nothing where there is none.
proxy_settings() {
  if ps_told=$(kube_text /api/v1/namespaces/kube-system/configmaps/kube-proxy 2>&1); then
    # Before its data an annotation may hold what was applied last.
    printf '%s\n' "${ps_told#*\"data\":}" | sed 's/\\"/"/g; s/\\n/\
/g'
  else
    case $ps_told in
      *NotFound*) ;;
      *) cannot "the settings of kube-proxy cannot be read: $ps_told" ;;
    esac
  fi
}

# probe_proxy: does kube-proxy know the network of the pods? Something else may be in its place.
probe_proxy() {
  pp_config=$(proxy_settings) || cannot "$pp_config"
  if [ -n "$pp_config" ]; then
    # Other ways to know local pods do without it.
    case $pp_config in
      *'detectLocalMode: BridgeInterface'* | *'detectLocalMode: InterfaceNamePrefix'* | *'detectLocalMode: NodeCIDR'*) return 0 ;;
    esac
    ! printf '%s\n' "$pp_config" | grep -q -E '^clusterCIDR: *[^" ]|^clusterCIDR: *"[^"]' || return 0
    differs 'kube-proxy has no clusterCIDR in its ConfigMap kube-system/kube-proxy.'
    return
  fi
  # Before 1.8 it is told by its command line.
  pp_commands=$(kube -n kube-system get daemonset -o jsonpath='{range .items[*]}{.metadata.name} {.spec.template.spec.containers[0].command}{"\n"}{end}' 2>&1) ||
    cannot "the settings of kube-proxy cannot be read: $pp_commands"
  pp_command=$(printf '%s\n' "$pp_commands" | grep -e '^kube-proxy')
  case $pp_command in
    '' | *--cluster-cidr=* | *--config=*) return 0 ;;
  esac
  differs "kube-proxy has no clusterCIDR: ${pp_command%% *} of kube-system runs without --cluster-cidr"
}

# ---- taints ----

# Keys by which kubeadm keeps pods from a control plane.
CONTROL_PLANE_TAINT='^(dedicated|node-role\.kubernetes\.io/(master|control-plane))$'

# node_taints: "NODE cordoned|open KEY..." of each node. That a node is not ready or lacks something is no reason to take another.
node_taints() {
  nt_lines=$(node_lines) || {
    nt_status=$?
    printf '%s\n' "$nt_lines"
    return "$nt_status"
  }
  printf '%s\n' "$nt_lines" | awk -F '\t' '$1 == "node" { line = $2 " " $3 " " $7; sub(/ +$/, "", line); print line }'
}

# tainted_nodes: of the lines of node_taints on standard input, "NODE KEY" of each control plane that keeps pods away; nothing when there is a
# node for them. Before 1.6 taints are an annotation in JSON.
tainted_nodes() {
  awk -v own="$CONTROL_PLANE_TAINT" '
    {
      key = ""
      for (i = 3; i <= NF; i++) {
        word = $i
        if (word ~ /"key":"dedicated"/) word = "dedicated"
        if (word ~ own) key = key $1 " " word "\n"
      }
      if (key != "") keys = keys key
      else if ($2 == "open") elsewhere = 1
    }
    END { if (!elsewhere) printf "%s", keys }'
}

# untaken_pods: pods that no node takes because of taints, "NAMESPACE/POD: WHY".
untaken_pods() {
  # shellcheck disable=SC2016 # for awk
  pods_with '$1 == "condition" && phase == "Pending" { print namespace "/" pod ": " $2 }'
}

# probe_tainted
probe_tainted() {
  pt_pods=$(untaken_pods 2>&1) || cannot "the pods cannot be asked for: $pt_pods"
  pt_pods=$(printf '%s\n' "$pt_pods" | grep -i -E 'nodes are available' | grep -i -E 'taint' | head -n 3)
  [ -n "$pt_pods" ] || return 0
  pt_nodes=$(node_taints 2>&1) || cannot "the nodes cannot be asked for: $pt_nodes"
  pt_tainted=$(printf '%s\n' "$pt_nodes" | tainted_nodes)
  [ -z "$pt_tainted" ] || differs "$(printf '%s\n' "$pt_tainted" | sed 's/^\([^ ]*\) \(.*\)$/\1 has the taint \2, which keeps pods away/')$NL$pt_pods"
}

# propose_untaint: what lets control planes take pods, while there is no other node for them.
propose_untaint() {
  pu_nodes=$(node_taints 2>&1) || {
    refuse "the nodes cannot be asked for: $(printf '%s\n' "$pu_nodes" | tail -n 1)"
    return
  }
  printf '%s\n' "$pu_nodes" | tainted_nodes | while read -r pu_node pu_key; do
    propose "pods may run on $pu_node, until provision runs with an inventory that says otherwise" \
      "kubectl --kubeconfig=$ADMIN_CONF taint nodes $(quoted "$pu_node") $(quoted "$pu_key-")"
  done
}

# ---- rights ----

# failing_pods: "NAMESPACE POD CONTAINER" of containers that end again and again.
failing_pods() {
  # shellcheck disable=SC2016 # for awk
  pods_with '$1 == "status" && $3 != "true" && $4 > 0 { print namespace, pod, $2 }'
}

# refusals: of a log on standard input, "ACCOUNT VERB RESOURCE" of what an account of a pod may not do, each once. Versions say it differently.
refusals() {
  tr -d '\\"' | sed -n -E 's/.*User system:serviceaccount:([^ ]+) cannot ([a-z]+) (resource )?([a-z.\/]+).*/\1 \2 \4/p' | sort -u | head -n 3
}

# may ACCOUNT VERB RESOURCE NAMESPACE: NAMESPACE of the pod; the account is NAMESPACE:NAME. Who may do it everywhere may do it there.
may() {
  [ "$(kube auth can-i "$2" "$3" -n "$4" --as="system:serviceaccount:$1" 2>/dev/null)" = yes ]
}

# probe_rights: pods that end because they may not do what they need, and still may not. Of the first five that fail, the last lines.
probe_rights() {
  pr_pods=$(failing_pods 2>&1) || cannot "the pods cannot be asked for: $pr_pods"
  [ -n "$pr_pods" ] || return 0
  pr_found=$(printf '%s\n' "$pr_pods" | head -n 5 | while read -r pr_space pr_pod pr_container; do
    {
      kube -n "$pr_space" logs "$pr_pod" -c "$pr_container" --tail=20 2>/dev/null
      kube -n "$pr_space" logs "$pr_pod" -c "$pr_container" --tail=20 --previous 2>/dev/null
    } | refusals | while read -r pr_account pr_verb pr_resource; do
      may "$pr_account" "$pr_verb" "$pr_resource" "$pr_space" ||
        printf '%s/%s: User "system:serviceaccount:%s" cannot %s %s\n' "$pr_space" "$pr_pod" "$pr_account" "$pr_verb" "$pr_resource"
    done
  done)
  [ -z "$pr_found" ] || differs "$pr_found"
}

# ---- tokens ----

# propose_new_tokens TRY...: secrets whose token the API server refuses get a new one: the controller makes it when there is none. TRY is how
# tokens are tried (try_tokens SERVER CA).
propose_new_tokens() {
  # shellcheck disable=SC2016 # for kubectl
  nt_answers=$(kube get secrets --all-namespaces -o go-template='{{range .items}}{{if eq .type "kubernetes.io/service-account-token"}}{{with .data.token}}{{.}}{{else}}-{{end}} {{.metadata.namespace}}/{{.metadata.name}}{{"\n"}}{{end}}{{end}}' 2>/dev/null |
    while read -r nt_token nt_name; do
      [ "$nt_token" = - ] || printf '%s %s\n' "$nt_name" "$(printf %s "$nt_token" | base64 -d)"
    done | "$@")
  printf '%s\n' "$nt_answers" | sed -n 's/^401 //p' | while IFS=/ read -r nt_space nt_secret; do
    propose "the token in the secret $nt_space/$nt_secret is made anew" \
      "kubectl --kubeconfig=$ADMIN_CONF -n $(quoted "$nt_space") patch secret $(quoted "$nt_secret") --type=json -p '[{\"op\":\"remove\",\"path\":\"/data/token\"}]'"
  done
}
