# shellcheck shell=sh
# The nodes of the cluster, for the probes that ask for them. Needs kubectl.sh.

# node_lines: as nodes.awk writes them. Doctor has asked once for all, as $NODES.
node_lines() {
  known NODES read_list /api/v1/nodes "$NODES_AWK"
}
