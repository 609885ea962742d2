# Reads the bytes of an OpenPGP public key (RFC 4880) as decimal numbers. Prints: primary keys, length of the packet of the first one
# with its header (0 when it is not the first), and when its newest certification of itself lets it end (seconds since 1970; 0: never).
{ for (i = 1; i <= NF; i++) byte[++count] = $i }

END {
  at = 1
  while (at <= count && ok(at)) {
    if (tag == 6 || tag == 5) primary(start, at, size)
    if (tag == 2) signature(start, size)
    at = start + size
  }
  if (at != count + 1) keys = 0
  # mawk prints large numbers in its own way.
  printf "%d %d %.0f\n", keys, length_of_first, ends
}

function number(from, bytes,   n) {
  n = 0
  while (bytes-- > 0) n = n * 256 + byte[from++]
  return n
}

# The packet at a place: $tag, and where its body is.
function ok(place,   bytes, first) {
  if (byte[place] < 128) return 0
  if (byte[place] >= 192) {
    tag = byte[place] - 192
    first = byte[place + 1]
    if (first < 192) { start = place + 2; size = first }
    else if (first < 224) { start = place + 3; size = (first - 192) * 256 + byte[place + 2] + 192 }
    else if (first == 255) { start = place + 6; size = number(place + 2, 4) }
    else return 0
    return start + size <= count + 1
  }
  tag = int((byte[place] - 128) / 4)
  # Of 0, 1, 2: one byte of length, two, four.
  bytes = byte[place] % 4
  if (bytes == 3) return 0
  bytes += bytes < 2 ? 1 : 2
  start = place + 1 + bytes
  size = number(place + 1, bytes)
  return start + size <= count + 1
}

# Its fingerprint is the SHA-1 of 0x99, two bytes of length, and the body: the packet itself, where it is written so.
function primary(start, place, size) {
  keys++
  if (keys > 1 || place != 1 || byte[1] != 153 || byte[start] != 4) return
  created = number(start + 1, 4)
  length_of_first = start + size - 1
}

# A certification of version 4, positive (as keys certify themselves) or direct.
function signature(start, size,   from, end, kind, made, lives) {
  if (byte[start] != 4 || (byte[start + 1] != 19 && byte[start + 1] != 31)) return
  from = start + 6
  end = from + number(start + 4, 2)
  made = 0
  lives = 0
  while (from < end) {
    if (byte[from] < 192) { size = byte[from]; from += 1 }
    else if (byte[from] < 255) { size = (byte[from] - 192) * 256 + byte[from + 1] + 192; from += 2 }
    else { size = number(from + 1, 4); from += 5 }
    if (size < 1) return
    kind = byte[from] % 128
    if (kind == 2) made = number(from + 1, 4)
    if (kind == 9) lives = number(from + 1, 4)
    from += size
  }
  if (made < newest) return
  newest = made
  ends = lives == 0 ? 0 : created + lives
}
