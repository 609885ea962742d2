# Our settings in the manifest of Weave Net: pool, mtu, version, repository (empty: theirs). In its repository the manifest asks
# for the newest images; the version that it is of is named instead.
/^ +image: '?weaveworks\/weave-(kube|npc):latest'?$/ {
  sub(/:latest/, ":" version)
  if (repository != "") sub(/weaveworks/, repository)
  images++
}
/^ +imagePullPolicy: Always$/ { sub(/Always/, "IfNotPresent") }
{ print }
/\/home\/weave\/launch\.sh$/ { daemon = 1 }
/^ +env:$/ && daemon {
  daemon = 0
  places++
  indent = $0
  sub(/env:/, "", indent)
  print indent "  - name: IPALLOC_RANGE"
  print indent "    value: \"" pool "\""
  print indent "  - name: WEAVE_MTU"
  print indent "    value: \"" mtu "\""
}
END {
  if (places != 1 || images < 2) {
    print "weave.awk: the manifest is not of the kind that this program knows" > "/dev/stderr"
    exit 1
  }
}
