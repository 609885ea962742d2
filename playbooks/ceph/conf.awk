# Reads and changes the [global] section of a ceph.conf. WANT in the environment has a line "key=value" for each setting;
# JOB is "get" (prints the value of the first key), "compare" (prints what differs) or "merge" (prints the whole file with the
# settings in it: what is there keeps its place, comments and other keys stay).

# Blanks, underscores and hyphens in a key are the same to Ceph, and so are capitals.
function plain(key) {
  key = tolower(key)
  gsub(/[ \t_-]+/, "_", key)
  gsub(/^_|_$/, "", key)
  return key
}

function trim(text) {
  gsub(/^[ \t]+|[ \t]+$/, "", text)
  return text
}

function key_of(line,  at) {
  at = index(line, "=")
  if (at == 0 || line ~ /^[ \t]*[#;\[]/) return ""
  return plain(substr(line, 1, at - 1))
}

# Without a comment behind it, which a backslash keeps from being one.
function value_of(line,  text, i, c, value) {
  text = substr(line, index(line, "=") + 1)
  for (i = 1; i <= length(text); i++) {
    c = substr(text, i, 1)
    if (c == "\\" && substr(text, i + 1, 1) ~ /[#;]/) { value = value substr(text, ++i, 1); continue }
    if (c ~ /[#;]/) break
    value = value c
  }
  return trim(value)
}

function written(value) {
  gsub(/[#;]/, "\\\\&", value)
  return value
}

BEGIN {
  # What stands before the first section is of [global], too.
  global = 1
  rows = split(ENVIRON["WANT"], row, "\n")
  for (i = 1; i <= rows; i++) {
    at = index(row[i], "=")
    if (at == 0) continue
    key = plain(substr(row[i], 1, at - 1))
    if (!(key in want)) order[++wanted] = key
    name[key] = trim(substr(row[i], 1, at - 1))
    want[key] = trim(substr(row[i], at + 1))
  }
}

# A line that ends with a backslash goes on in the next one.
{
  whole = piece = $0
  joined = ""
  while (piece ~ /\\$/) {
    joined = joined substr(piece, 1, length(piece) - 1)
    piece = ""
    if ((getline piece) <= 0) break
    whole = whole "\n" piece
  }
  joined = joined piece
  text[++lines] = whole
  if (joined ~ /^[ \t]*\[/) {
    section = joined
    gsub(/^[ \t]*\[[ \t]*|[ \t]*\].*$/, "", section)
    global = (section == "global")
    sections++
    if (global) end = lines
    next
  }
  if (!global) next
  key = key_of(joined)
  if (!sections) {
    if (key == "") next
    headless = 1
  }
  # New settings go before the blank lines and comments that lead to the next section.
  if (joined !~ /^[ \t]*([#;]|$)/) end = lines
  if (key == "") next
  value[key] = value_of(joined)
  last[key] = lines
  of[lines] = key
}

END {
  if (JOB == "get") {
    if (order[1] in value) print value[order[1]]
  } else if (JOB == "compare") {
    for (i = 1; i <= wanted; i++) {
      key = order[i]
      if (!(key in value)) { print name[key] " is not set"; status = 1 }
      else if (value[key] != want[key]) { print name[key] " is " value[key] ", not " want[key]; status = 1 }
    }
    exit status
  } else {
    if (headless || !end) print "[global]"
    if (!end) {
      add()
      if (lines > 0) print ""
    }
    for (n = 1; n <= lines; n++) {
      key = of[n]
      if (key == "" || !(key in want)) print text[n]
      # Of a key that stands twice the last one counts.
      else if (n == last[key]) {
        if (value[key] == want[key]) print text[n]
        else print name[key] " = " written(want[key])
      }
      if (n == end) add()
    }
  }
}

# Behind a file that ends in the middle of a line.
function add(  i) {
  if (text[end] ~ /\\$/) print ""
  for (i = 1; i <= wanted; i++) if (!(order[i] in value)) print name[order[i]] " = " written(want[order[i]])
}
