# shellcheck shell=sh
# has_line STATE LINE MATCH: is LINE in $TEXT (absent: not in it), and no other line that matches MATCH?
# $HITS are the lines that match, as "number:line"; $THERE says whether LINE is in $TEXT.
has_line() {
  HITS='' THERE=no
  case $NL$TEXT$NL in
    *"$NL$2$NL"*) THERE=yes ;;
  esac
  if [ -n "$3" ]; then
    HITS=$(printf '%s' "$TEXT" | grep -nE -e "$3")
    [ "$?" -le 1 ] || cannot "not an extended regular expression: $3"
  fi
  if [ "$1" = absent ]; then
    [ "$THERE$HITS" = no ]
    return
  fi
  [ "$THERE" = yes ] || return 1
  hl_hits=$HITS
  while [ -n "$hl_hits" ]; do
    hl_line=${hl_hits%%"$NL"*}
    [ "${hl_line#*:}" = "$2" ] || return 1
    hl_hits=${hl_hits#"$hl_line"}
    hl_hits=${hl_hits#"$NL"}
  done
}

# set_line STATE LINE: after has_line, $NEW is $TEXT as it should be.
set_line() {
  NEW=$(
    printf '%s' "$TEXT" | STATE_WANTED=$1 LINE=$2 HITS=$HITS THERE=$THERE awk '
      BEGIN {
        line = ENVIRON["LINE"]
        done = ENVIRON["STATE_WANTED"] == "absent" || ENVIRON["THERE"] == "yes"
        keep = ENVIRON["STATE_WANTED"] == "present"
        count = split(ENVIRON["HITS"], hits, "\n")
        for (i = 1; i <= count; i++) { sub(/:.*/, "", hits[i]); hit[hits[i]] = 1 }
      }
      ($0 "") == (line "") { if (keep) print; next }
      NR in hit { if (!done) print line; done = 1; next }
      { print }
      END { if (!done) print line }' && printf x
  ) || cannot 'awk failed'
  NEW=${NEW%x}
}
