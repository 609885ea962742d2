# Of a list of events, a line for each with tabs: when it was made, when it was seen last, Normal or Warning, the kind of what it is about, that itself,
# the reason and the message. Needs api-text.awk.

BEGIN { EVENT = ".items[]" }

function value(path, text) {
  if (text != "null") told[path] = text
}

function closed(path,  object, space) {
  if (path != EVENT) return
  object = taken(EVENT ".involvedObject.name")
  space = taken(EVENT ".involvedObject.namespace")
  if (space != "") object = space "/" object
  print taken(EVENT ".metadata.creationTimestamp") "\t" taken(EVENT ".lastTimestamp") "\t" taken(EVENT ".type") "\t" taken(EVENT ".involvedObject.kind") "\t" object "\t" taken(EVENT ".reason") "\t" taken(EVENT ".message")
}
