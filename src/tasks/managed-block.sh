# shellcheck shell=sh
# has_block BEGIN END CONTENT: does $TEXT hold this block, and no other of its name?
has_block() {
  case $NL$TEXT$NL in
    *"$NL$1$NL"*"$NL$1$NL"* | *"$NL$1$NL$1$NL"*) return 1 ;;
    *"$NL$1$NL"*)
      [ -n "$3" ] || return 1
      case $NL$TEXT$NL in
        *"$NL$1$NL$3$NL$2$NL"*) return 0 ;;
      esac
      return 1
      ;;
  esac
  [ -z "$3" ]
}

# set_block FILE BEGIN END CONTENT: $NEW is $TEXT with this block in the place of the former one, or at the end.
set_block() {
  NEW=$(
    printf '%s' "$TEXT" | BLOCK_BEGIN=$2 BLOCK_END=$3 BLOCK=$4 awk '
      function put() {
        if (ENVIRON["BLOCK"] != "") print begin "\n" ENVIRON["BLOCK"] "\n" end
        done = 1
      }
      BEGIN { begin = ENVIRON["BLOCK_BEGIN"]; end = ENVIRON["BLOCK_END"] }
      $0 == begin { if (inside || done) exit 1; inside = 1; next }
      $0 == end && inside { inside = 0; put(); next }
      !inside { print }
      END { if (inside) exit 1; if (!done) put() }' && printf x
  ) || cannot "$1: \"$2\" is there twice or without its \"$3\": put that right by hand"
  NEW=${NEW%x}
  # awk ends every line; a last line without an end that is not ours stays so.
  case $TEXT in
    '' | *"$NL") ;;
    *) [ "${NEW%"$3$NL"}" != "$NEW" ] || NEW=${NEW%"$NL"} ;;
  esac
}
