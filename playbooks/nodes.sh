# shellcheck shell=sh
# The nodes of the cluster, for the probes that ask for them. Needs kubectl.sh.

# Fields are parted by tabs: node NAME open|cordoned READY FLANNEL ADDRESSES TAINTS WHY. FLANNEL is the address that flannel uses, "given" where the
# operator has said which, and - where it does not run; ADDRESSES and TAINTS (keys) end with a blank each; WHY is what the condition Ready says.
# shellcheck disable=SC2016 # for kubectl
NODE_TEMPLATE='{{range .items}}{{"node\t"}}{{.metadata.name}}{{"\t"}}{{if .spec.unschedulable}}cordoned{{else}}open{{end}}{{"\t"}}{{range .status.conditions}}{{if eq .type "Ready"}}{{.status}}{{end}}{{end}}{{"\t"}}{{with .metadata.annotations}}{{if index . "flannel.alpha.coreos.com/public-ip-overwrite"}}given{{else}}{{with index . "flannel.alpha.coreos.com/public-ip"}}{{.}}{{else}}-{{end}}{{end}}{{else}}-{{end}}{{"\t"}}{{range .status.addresses}}{{if eq .type "InternalIP"}}{{.address}} {{end}}{{end}}{{"\t"}}{{range .spec.taints}}{{.key}} {{end}}{{with .metadata.annotations}}{{with index . "scheduler.alpha.kubernetes.io/taints"}}{{.}} {{end}}{{end}}{{"\t"}}{{range .status.conditions}}{{if eq .type "Ready"}}{{with .message}}{{.}}{{end}}{{end}}{{end}}{{"\n"}}{{end}}'

# node_lines: doctor has asked once for all, as $NODES.
node_lines() {
  known NODES kube get nodes -o go-template="$NODE_TEMPLATE"
}
