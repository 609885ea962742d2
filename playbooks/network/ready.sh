# shellcheck shell=sh
# Are the nodes ready and does the cluster's DNS run? Needs kubectl.sh.

# ready_state: for each node "node NAME STATUS ADDRESS WHY", with tabs: the condition Ready, the address that flannel uses (- where
# it does not run), and what the condition says; for each deployment of the DNS "dns NAME WANTED AVAILABLE". Two questions: for both kinds at once
# kubectl learns about each object anew, which takes seconds (3.6 s, seen with 1.20).
ready_state() {
  # shellcheck disable=SC2016 # for kubectl
  rs_template='{{range .items}}{{if eq .kind "Node"}}node{{"\t"}}{{.metadata.name}}{{"\t"}}{{range .status.conditions}}{{if eq .type "Ready"}}{{.status}}{{end}}{{end}}{{"\t"}}{{with .metadata.annotations}}{{with index . "flannel.alpha.coreos.com/public-ip"}}{{.}}{{else}}-{{end}}{{else}}-{{end}}{{"\t"}}{{range .status.conditions}}{{if eq .type "Ready"}}{{with .message}}{{.}}{{end}}{{end}}{{end}}{{"\n"}}{{else}}{{with .metadata.labels}}{{with index . "k8s-app"}}{{if eq . "kube-dns"}}dns{{"\t"}}{{end}}{{end}}{{end}}{{.metadata.name}}{{"\t"}}{{.spec.replicas}}{{"\t"}}{{with .status.availableReplicas}}{{.}}{{else}}0{{end}}{{"\n"}}{{end}}{{end}}'
  kube get nodes -o go-template="$rs_template" && kube -n kube-system get deployments -o go-template="$rs_template"
}

# unready PLUGIN NODE=ADDRESS...: of the lines on standard input, a sentence for each node of the inventory that is not ready, and
# for the DNS when it does not run.
unready() {
  ur_plugin=$1
  shift
  awk -F '\t' -v plugin="$ur_plugin" -v wanted="$*" '
    $1 == "node" { status[$2] = $3; used[$2] = $4; why[$2] = $5 }
    $1 == "dns" { dns++; if ($4 < $3) waits[++waiting] = $2 " of kube-system: " $4 " of " $3 " pods are available" }
    END {
      count = split(wanted, pairs, " ")
      for (i = 1; i <= count; i++) {
        split(pairs[i], part, "=")
        node = part[1]; address = part[2]
        if (!(node in status)) print "the node " node " is not in the cluster"
        else if (status[node] != "True") print "the node " node " is not ready: " (why[node] == "" ? "it says nothing" : why[node])
        else if (plugin == "flannel" && used[node] != address)
          print "the node " node (used[node] == "-" ? " has no address of flannel yet" : ": flannel uses " used[node] " as external interface, and the private address is " address)
      }
      for (i = 1; i <= waiting; i++) print waits[i]
      if (dns == 0) print "there is no DNS of the cluster: no deployment in kube-system has the label k8s-app=kube-dns"
    }'
}

# not_ready PLUGIN NODE=ADDRESS...: what there is to wait for, a line each.
not_ready() {
  nr_state=$(ready_state 2>&1) || {
    printf 'the nodes cannot be asked for: %s\n' "$nr_state"
    return 0
  }
  printf '%s\n' "$nr_state" | unready "$@"
}

# last_warnings NAMESPACE: what the cluster has to say, the newest last, each once.
last_warnings() {
  # shellcheck disable=SC2016 # for kubectl
  kube -n "$1" get events -o go-template='{{range .items}}{{with .lastTimestamp}}{{.}}{{end}}{{"\t"}}{{.type}}{{"\t"}}{{.involvedObject.name}}: {{.message}}{{"\n"}}{{end}}' 2>/dev/null |
    sort | awk -F '\t' '$2 == "Warning" { line[++count] = $3; last[$3] = count } END { for (i = 1; i <= count; i++) if (last[line[i]] == i) print line[i] }' |
    cut -c 1-1000 | tail -n 6
}

# check_ready SECONDS PLUGIN NODE=ADDRESS...: a look asks once; in a run there is time for it to come true.
check_ready() {
  ry_seconds=$1
  shift
  ry_begin=$(date +%s) ry_told=0
  while :; do
    ry_why=$(not_ready "$@")
    [ -n "$ry_why" ] || return 0
    ry_passed=$(($(date +%s) - ry_begin))
    if [ "$MODE" != apply ] || [ "$ry_passed" -ge "$ry_seconds" ]; then break; fi
    if [ "$ry_passed" -ge "$((ry_told + 5))" ]; then
      ry_told=$ry_passed
      printf 'waiting (%s of %s s): %s\n' "$ry_passed" "$ry_seconds" "$(printf %s "$ry_why" | tr '\n' ';' | cut -c 1-300)"
    fi
    sleep 2
  done
  printf '%s\n' "$ry_why"
  ry_warnings=$(last_warnings kube-system)
  [ -z "$ry_warnings" ] || printf 'the last warnings of kube-system:\n%s\n' "$ry_warnings"
  return 1
}
