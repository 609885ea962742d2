# Our settings in cilium's own manifest: pool, mtu (of the interface between nodes; 0: cilium finds it), repository (empty: theirs).
/^  cluster-pool-ipv4-cidr: "[^"]*"$/ { sub(/"[^"]*"/, "\"" pool "\""); pools++ }
/^ +image: "?quay\.io\/cilium\// { if (repository != "") sub(/quay\.io\/cilium/, repository); images++ }
{ print }
/^  tunnel: vxlan$/ { tunnels++; if (mtu != "0") print "  mtu: \"" mtu "\"" }
END {
  if (pools != 1 || images < 2 || tunnels != 1) {
    print "cilium.awk: the manifest is not of the kind that this program knows" > "/dev/stderr"
    exit 1
  }
}
