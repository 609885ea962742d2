# What pod-try.sh printed of all probes, as a table and as sentences. Variables: nodes (names, in order), expected (NODE=MTU of
# those of which it is known how large a packet may be). Prints "ROW ..." for the table and "BAD ..." for what failed.
BEGIN {
  FS = "\t"
  count = split(nodes, node, " ")
  pairs = split(expected, pair, " ")
  for (i = 1; i <= pairs; i++) { split(pair[i], part, "="); largest[part[1]] = part[2] }
  ways["pod"] = "ping tcp full name"
  ways["host"] = "ping tcp nodeport"
}
$1 == "TRY" { seen[$2, $3]++; if ($5 != "ok") { failed[$2, $3] = failed[$2, $3] (failed[$2, $3] == "" ? "" : ",") $4; bad[++bads] = sentence($2, $3, $6) } }
$1 == "MTU" { mtu[$2] = $3 }
function sentence(from, to, what, part) {
  split(from, part, ":")
  return (part[2] == "host" ? "the node " part[1] " itself" : "a pod on " part[1]) " does not reach the pod on " to ": " what
}
function cell(from, to) {
  if (!((from, to) in seen)) return "untried"
  return failed[from, to] == "" ? "ok" : failed[from, to]
}
function pad(text, width) { while (length(text) < width) text = text " "; return text }
function row(place, i, j, line, width) {
  for (i = 1; i <= count; i++) {
    line = pad((place == "host" ? "node " : "pod on ") node[i], first)
    for (j = 1; j <= count; j++) line = line "  " pad(cell(node[i] ":" place, node[j]), wide[j])
    sub(/ +$/, "", line)
    print "ROW " line
    for (j = 1; j <= count; j++)
      if (cell(node[i] ":" place, node[j]) == "untried") bad[++bads] = sentence(node[i] ":" place, node[j], "it was not tried")
  }
}
END {
  first = length("from / to the pod on")
  for (i = 1; i <= count; i++) {
    if (length("pod on " node[i]) > first) first = length("pod on " node[i])
    wide[i] = length(node[i])
    for (j = 1; j <= count; j++) {
      if (length(cell(node[j] ":pod", node[i])) > wide[i]) wide[i] = length(cell(node[j] ":pod", node[i]))
      if (length(cell(node[j] ":host", node[i])) > wide[i]) wide[i] = length(cell(node[j] ":host", node[i]))
    }
  }
  head = pad("from / to the pod on", first)
  for (i = 1; i <= count; i++) head = head "  " pad(node[i], wide[i])
  sub(/ +$/, "", head)
  print "ROW " head
  row("pod")
  row("host")
  for (i = 1; i <= count; i++) {
    name = node[i]
    if (name in largest && mtu[name] + 0 > largest[name] + 0)
      bad[++bads] = "a pod on " name " sends packets of up to " mtu[name] " bytes, and " largest[name] " is what fits between the nodes"
  }
  for (i = 1; i <= bads && i <= 30; i++) print "BAD " bad[i]
  if (bads > 30) print "BAD and " (bads - 30) " more"
}
