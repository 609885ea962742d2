# Puts the mirror into the distribution's own sources. FORM is "list" (one line a source) or "sources" (deb822: paragraphs).
# Sources of the host's release that hold the component "main" are the distribution's; all others stay as they are.
BEGIN {
  form = ENVIRON["MIRROR_FORM"]
  if (form == "sources") RS = ""
}

function address(suite) {
  return suite ~ /(-security|\/updates)$/ ? ENVIRON["MIRROR_SECURITY"] : ENVIRON["MIRROR"]
}

function is_ours(suite) {
  return suite == ENVIRON["MIRROR_RELEASE"] || index(suite, ENVIRON["MIRROR_RELEASE"] "-") == 1 ||
    index(suite, ENVIRON["MIRROR_RELEASE"] "/") == 1
}

# deb [options] URI SUITE COMPONENT...
form == "list" {
  at = 2
  if ($2 ~ /^\[/) while (at <= NF && $(at) !~ /\]$/) at++
  if ($2 ~ /^\[/) at++
  if ($1 ~ /^deb(-src)?$/ && is_ours($(at + 1)) && (" " $0 " ") ~ / main /) {
    place = index($0, $(at))
    $0 = substr($0, 1, place - 1) address($(at + 1)) substr($0, place + length($(at)))
  }
  print
}

form == "sources" {
  if (NR > 1) print ""
  # That of busybox keeps the last newline.
  sub(/\n+$/, "")
  count = split($0, line, "\n")
  suite = ""
  for (i = 1; i <= count; i++)
    if (tolower(line[i]) ~ /^suites:/) {
      split(line[i], word, /[ \t]+/)
      suite = word[2]
    }
  for (i = 1; i <= count; i++) {
    if (tolower(line[i]) ~ /^uris:/ && is_ours(suite)) line[i] = "URIs: " address(suite)
    print line[i]
  }
}
