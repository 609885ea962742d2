# Of a list of events, "TIME OBJECT: REASON: MESSAGE" of each, where TIME is when it was made. Needs api-text.awk.

BEGIN { EVENT = ".items[]" }

function value(path, text) {
  told[path] = text
}

function closed(path,  object, space) {
  if (path != EVENT) return
  object = taken(EVENT ".involvedObject.name")
  space = taken(EVENT ".involvedObject.namespace")
  if (space != "") object = space "/" object
  print taken(EVENT ".metadata.creationTimestamp") " " taken(EVENT ".involvedObject.kind") " " object ": " taken(EVENT ".reason") ": " taken(EVENT ".message")
}
