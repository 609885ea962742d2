# Of a list of nodes, lines with fields that are parted by tabs: node NAME open|cordoned READY FLANNEL ADDRESSES TAINTS WHY. FLANNEL is the address
# that flannel uses, "given" where the operator has said which, and - where it does not run; ADDRESSES and TAINTS (keys) end with a blank each;
# WHY is what the condition Ready says. Needs api-text.awk.

BEGIN {
  OFS = "\t"
  NODE = ".items[]"
  NOTE = NODE ".metadata.annotations."
}

function value(path, text) {
  told[path] = text
}

function closed(path,  kind, first, second) {
  if (path == NODE ".status.conditions[]") {
    kind = taken(path ".type")
    first = taken(path ".status")
    second = taken(path ".message")
    if (kind == "Ready") {
      ready = first
      why = second
    }
  } else if (path == NODE ".status.addresses[]") {
    kind = taken(path ".type")
    first = taken(path ".address")
    if (kind == "InternalIP") addresses = addresses first " "
  } else if (path == NODE ".spec.taints[]") {
    taints = taints taken(path ".key") " "
  } else if (path == NODE) {
    close_node()
  }
}

function close_node(  address, early) {
  address = taken(NOTE "flannel.alpha.coreos.com/public-ip")
  if (taken(NOTE "flannel.alpha.coreos.com/public-ip-overwrite") != "") address = "given"
  # Before 1.6 taints are an annotation.
  early = taken(NOTE "scheduler.alpha.kubernetes.io/taints")
  if (early != "") taints = taints early " "
  if (address == "") address = "-"
  print "node", taken(NODE ".metadata.name"), (taken(NODE ".spec.unschedulable") == "true" ? "cordoned" : "open"), ready, address, addresses, taints, why
  ready = addresses = taints = why = ""
}
