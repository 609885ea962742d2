# Merges the values of PROVISION_PATCH (environment, {"values": {...}, "remove": [...]}) into the JSON object on standard
# input. Objects merge, arrays of scalars become their union, anything else is replaced when it means something else.
# Exit 0: nothing to change. 1: the new document is on standard output. 2: the reason why not is there.
# Runs in mawk, gawk, busybox awk and the original awk; with LC_ALL=C, text is bytes.

{ scan($0, NR) }

END {
  if (failed) exit 2
  if (T == 0) scan("{}", 1)
  root = parse()
  if (P < T) unexpected(P + 1)
  if (kind[root] != "{") fail(at[1], "the document is not an object")
  document = N
  unit = indentation(gap[2])

  P = T
  scan(ENVIRON["PROVISION_PATCH"], 1)
  patch = parse()
  drop(root, item[patch, where[patch, "\"remove"]])
  merge(root, item[patch, where[patch, "\"values"]])
  if (!dirty[root]) exit 0
  ORS = ""
  emit(root, "")
  print "\n"
  exit 1
}

function fail(number, text) {
  if (!failed) print "line " number ": " text
  failed = 1
  exit 2
}

function unexpected(token) {
  if (token > T) fail(at[T], "the document ends too early")
  fail(at[token], "unexpected " tok[token])
}

# Tokens: tok[1..T], with the white space before each in gap[] and its line in at[]. None goes over a line's end.
function scan(text, number) {
  while (1) {
    if (match(text, /^[ \t\r]+/)) {
      space = space substr(text, 1, RLENGTH)
      text = substr(text, RLENGTH + 1)
    }
    if (text == "") break
    if (substr(text, 1, 1) == "\"") RLENGTH = string_length(text, number)
    else if (!match(text, /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) &&
             !match(text, /^(true|false|null)/) && !match(text, /^[][{}:,]/))
      fail(number, "unexpected " substr(text, 1, 20))
    tok[++T] = substr(text, 1, RLENGTH)
    gap[T] = space
    at[T] = number
    space = ""
    text = substr(text, RLENGTH + 1)
  }
  space = space "\n"
}

function string_length(text, number,   rest, done) {
  rest = substr(text, 2)
  done = 1
  while (1) {
    if (match(rest, /^[^"\\]+/)) {
      if (substr(rest, 1, RLENGTH) ~ /[\001-\037]/) fail(number, "a control character in a string")
    } else if (substr(rest, 1, 1) == "\"") return done + 1
    else if (!match(rest, /^\\["\\\/bfnrt]/) && !match(rest, /^\\u[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]/))
      fail(number, rest == "" ? "a string without its closing quote" : "not an escape: " substr(rest, 1, 2))
    done += RLENGTH
    rest = substr(rest, RLENGTH + 1)
  }
}

# Nodes: kind[1..N] is the first character; tokens first[] to last[]; size[], name[], item[] of objects and arrays;
# where[node, key] is the place of a key in an object; text[] is what a scalar means.
function parse(   n, key, child) {
  n = ++N
  first[n] = ++P
  kind[n] = substr(tok[P], 1, 1)
  size[n] = 0
  if (kind[n] == "{") {
    if (tok[P + 1] == "}") P++
    else {
      do {
        if (substr(tok[++P], 1, 1) != "\"") unexpected(P)
        key = P
        if (tok[++P] != ":") unexpected(P)
        child = parse()
        append(n, child, tok[key])
        P++
      } while (tok[P] == ",")
      if (tok[P] != "}") unexpected(P)
    }
  } else if (kind[n] == "[") {
    if (tok[P + 1] == "]") P++
    else {
      do {
        child = parse()
        append(n, child, "")
        P++
      } while (tok[P] == ",")
      if (tok[P] != "]") unexpected(P)
    }
  } else if (kind[n] == "" || index("]}:,", kind[n])) unexpected(P)
  else text[n] = meaning(tok[P])
  last[n] = P
  return n
}

function append(n, child, key) {
  size[n]++
  item[n, size[n]] = child
  if (key == "") return
  name[n, size[n]] = key
  where[n, meaning(key)] = size[n]
}

# Two scalars mean the same when these texts are equal: "\u0041" and "A", 1.0 and 10e-1.
function meaning(s,   i, c, out) {
  if (s ~ /^[-0-9]/) return number_meaning(s)
  if (s !~ /^"/) return s
  s = substr(s, 2, length(s) - 2)
  out = "\""
  while ((i = index(s, "\\"))) {
    c = substr(s, i + 1, 1)
    out = out substr(s, 1, i - 1)
    s = substr(s, i + 2)
    if (c == "u") {
      c = hex(substr(s, 1, 4))
      s = substr(s, 5)
      if (c >= 55296 && c < 56320 && s ~ /^\\u[Dd][C-Fc-f]/) {
        c = 65536 + (c - 55296) * 1024 + hex(substr(s, 3, 4)) - 56320
        s = substr(s, 7)
      }
      out = out utf8(c)
    } else {
      i = index("bfnrt", c)
      out = out (i ? substr("\b\f\n\r\t", i, 1) : c)
    }
  }
  return out s
}

function number_meaning(s,   sign, exponent, dot) {
  if (sub(/^-/, "", s)) sign = "-"
  if (match(s, /[eE]/)) {
    exponent = substr(s, RSTART + 1) + 0
    s = substr(s, 1, RSTART - 1)
  }
  if ((dot = index(s, "."))) {
    exponent -= length(s) - dot
    s = substr(s, 1, dot - 1) substr(s, dot + 1)
  }
  sub(/^0+/, "", s)
  if (match(s, /0+$/)) {
    exponent += RLENGTH
    s = substr(s, 1, RSTART - 1)
  }
  return s == "" ? "0" : sign s "e" (exponent + 0)
}

function hex(s,   i, value) {
  for (i = 1; i <= length(s); i++) value = value * 16 + index("0123456789abcdef", tolower(substr(s, i, 1))) - 1
  return value
}

function utf8(code) {
  if (code == 0) return "\\0"
  if (code < 128) return sprintf("%c", code)
  if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
  if (code < 65536) return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
  return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, 128 + int(code / 64) % 64, 128 + code % 64)
}

function same(a, b,   i, key, count) {
  if (kind[a] != "{" && kind[a] != "[") return (text[a] "") == (text[b] "") && kind[b] != "{" && kind[b] != "["
  if (kind[a] != kind[b]) return 0
  if (kind[a] == "[") {
    if (size[a] != size[b]) return 0
    for (i = 1; i <= size[a]; i++) if (!same(item[a, i], item[b, i])) return 0
    return 1
  }
  for (i = 1; i <= size[b]; i++) if (where[b, meaning(name[b, i])] == i) count++
  for (i = 1; i <= size[a]; i++) {
    key = meaning(name[a, i])
    if (where[a, key] != i) continue
    if (!((b, key) in where) || !same(item[a, i], item[b, where[b, key]])) return 0
    count--
  }
  return count == 0
}

function scalars(n,   i) {
  for (i = 1; i <= size[n]; i++) if (index("{[", kind[item[n, i]])) return 0
  return 1
}

function drop(n, keys,   i, j, kept, key) {
  for (i = 1; i <= size[keys]; i++) {
    key = text[item[keys, i]]
    if (!((n, key) in where)) continue
    delete where[n, key]
    dirty[n] = 1
  }
  for (i = 1; i <= size[n]; i++) {
    key = meaning(name[n, i])
    if (!((n, key) in where)) continue
    j = ++kept
    item[n, j] = item[n, i]
    name[n, j] = name[n, i]
    where[n, key] = j
  }
  size[n] = kept + 0
}

# The node that n is after merging p into it: n itself, or p in its place.
function merge(n, p,   i, j, key, child) {
  if (kind[n] == "{" && kind[p] == "{") {
    for (i = 1; i <= size[p]; i++) {
      key = meaning(name[p, i])
      if ((n, key) in where) {
        j = where[n, key]
        child = merge(item[n, j], item[p, i])
        if (child != item[n, j] || dirty[child]) dirty[n] = 1
        item[n, j] = child
      } else {
        append(n, item[p, i], name[p, i])
        dirty[n] = 1
      }
    }
    return n
  }
  if (kind[n] == "[" && kind[p] == "[" && scalars(n) && scalars(p)) {
    for (i = 1; i <= size[p]; i++) {
      for (j = 1; j <= size[n]; j++) if (same(item[n, j], item[p, i])) break
      if (j <= size[n]) continue
      append(n, item[p, i], "")
      dirty[n] = 1
    }
    return n
  }
  return same(n, p) ? n : p
}

function indentation(space) {
  if (!sub(/.*\n/, "", space) || space == "") return "  "
  return space
}

# A part of the document in which nothing changed is written as it was found.
function emit(n, indent,   i, inner) {
  if (!dirty[n] && (n <= document || !size[n])) {
    for (i = first[n]; i <= last[n]; i++) print (i > first[n] ? gap[i] : "") tok[i]
    return
  }
  inner = indent unit
  print kind[n]
  for (i = 1; i <= size[n]; i++) {
    print (i > 1 ? "," : "") "\n" inner (kind[n] == "{" ? name[n, i] ": " : "")
    emit(item[n, i], inner)
  }
  print (size[n] ? "\n" indent : "") (kind[n] == "{" ? "}" : "]")
}
