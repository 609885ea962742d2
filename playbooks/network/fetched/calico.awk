# Our settings in calico's own manifest: pool, mtu (0: calico finds it), mode (vxlan or ipip), repository (empty: theirs).
# Each part must be found as often as it is there, or the manifest is not the one that this was written for.
function found(what, times) { count[what] += times }
BEGIN { vxlan = mode == "vxlan" }
/^  calico_backend: "bird"$/ && vxlan { sub(/bird/, "vxlan"); found("backend", 1) }
/^  veth_mtu: "0"$/ { sub(/"0"/, "\"" mtu "\""); found("mtu", 1) }
/^ +- -bird-(live|ready)$/ && vxlan { found("bird", 1); next }
previous ~ /name: CALICO_IPV4POOL_IPIP$/ { sub(/"[A-Za-z]+"/, vxlan ? "\"Never\"" : "\"Always\""); found("ipip", 1) }
previous ~ /name: CALICO_IPV4POOL_VXLAN$/ { sub(/"[A-Za-z]+"/, vxlan ? "\"Always\"" : "\"Never\""); found("vxlan", 1) }
/^ +# - name: CALICO_IPV4POOL_CIDR$/ { sub(/# - /, "- "); found("pool", 1) }
previous ~ /- name: CALICO_IPV4POOL_CIDR$/ { sub(/#   value: "[^"]*"/, "  value: \"" pool "\""); found("pool value", 1) }
/^ +image: / { if (repository != "") sub(/[^ ]*\//, repository "/"); found("image", 1) }
{ print; previous = $0 }
/^ +value: "autodetect"$/ {
  indent = $0
  sub(/  value.*/, "", indent)
  print indent "- name: IP_AUTODETECTION_METHOD"
  print indent "  value: \"kubernetes-internal-ip\""
  found("address", 1)
}
END {
  wanted = "mtu ipip vxlan pool pool_value address image" (vxlan ? " backend bird" : "")
  parts = split(wanted, part, " ")
  for (i = 1; i <= parts; i++) {
    name = part[i]
    sub(/_/, " ", name)
    if (count[name] == 0) {
      print "calico.awk: the manifest has no place for: " name > "/dev/stderr"
      bad = 1
    }
  }
  exit bad
}
