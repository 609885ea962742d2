# Reads what the API server writes to ?pretty=1: each value and each bracket has a line of its own, two blanks deeper than what it is in. Calls
# value(path, text), with the text as it is written, and closed(path) at the end of each object and list: items[].spec.containers[].image.
# Who last wrote which field is half of all lines, and is passed over.

# plain TEXT: without the quotes, in one line. What gsub makes of a backslash differs from awk to awk.
function plain(text,  parts, count, i) {
  if (substr(text, 1, 1) != "\"") return text
  text = readable(substr(text, 2, length(text) - 2))
  if (index(text, "\\") == 0) return text
  gsub(/\\\\/, "\001", text)
  gsub(/\\[nrt]/, " ", text)
  gsub(/\\"/, "\"", text)
  count = split(text, parts, "\001")
  text = parts[1]
  for (i = 2; i <= count; i++) text = text "\\" parts[i]
  return text
}

# readable TEXT: Go writes what HTML would take for its own as numbers.
function readable(text) {
  if (index(text, "\\u00") == 0) return text
  gsub(/\\u003c/, "<", text)
  gsub(/\\u003e/, ">", text)
  gsub(/\\u0026/, "\\&", text)
  return text
}

# taken PATH: the value that stood there in this item, which the next one does not inherit.
function taken(path,  text) {
  if (!(path in told)) return ""
  text = told[path]
  delete told[path]
  return plain(text)
}

{
  match($0, /[^ ]/)
  if (passing && RSTART > passing) next
  passing = 0
  depth = RSTART
  text = substr($0, depth)
  sub(/,$/, "", text)
  if (text == "}" || text == "]") {
    closed(at[depth])
    next
  }
  name = "[]"
  if (!listing[depth - 2]) {
    match(text, /^"([^"\\]|\\.)*": /)
    if (RLENGTH > 0) {
      name = "." substr(text, 2, RLENGTH - 4)
      text = substr(text, RLENGTH + 1)
    } else name = ""
  }
  at[depth] = at[depth - 2] name
  if (name == ".managedFields") passing = depth
  else if (text == "{" || text == "[") listing[depth] = (text == "[")
  else value(at[depth], text)
}
