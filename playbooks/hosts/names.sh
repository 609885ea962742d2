# shellcheck shell=sh
# find_conflicts FILE NAME=ADDRESS...: $CONFLICTS are the lines outside our block that give one of the names another address.
find_conflicts() {
  fc_file=$1 fc_inside=no CONFLICTS=
  shift
  fc_ours=" $* "
  [ -r "$fc_file" ] || return 0
  set -f
  while read -r fc_address fc_names || [ -n "$fc_address" ]; do
    case "$fc_address $fc_names" in
      '# BEGIN provision hosts') fc_inside=yes ;;
      '# END provision hosts') fc_inside=no ;;
      '#'*) ;;
      *)
        [ "$fc_inside" = no ] || continue
        for fc_name in ${fc_names%%#*}; do
          case $fc_ours in
            *" $fc_name=$fc_address "*) ;;
            *" $fc_name="*) CONFLICTS="$CONFLICTS$fc_address $fc_names$NL" ;;
          esac
        done
        ;;
    esac
  done <"$fc_file"
  set +f
}

# without_conflicts FILE NAME=ADDRESS...: prints the file without those names; a line that had no other becomes a comment.
without_conflicts() {
  wc_file=$1
  shift
  OURS="$*" awk '
    BEGIN {
      count = split(ENVIRON["OURS"], pairs, " ")
      for (i = 1; i <= count; i++) {
        at = index(pairs[i], "=")
        address[substr(pairs[i], 1, at - 1)] = substr(pairs[i], at + 1)
      }
    }
    $0 == "# BEGIN provision hosts" { inside = 1 }
    $0 == "# END provision hosts" { inside = 0 }
    inside || /^[ \t]*(#|$)/ { print; next }
    {
      line = $0
      sub(/#.*/, "")
      kept = ""
      dropped = 0
      for (i = 2; i <= NF; i++)
        if (($i in address) && address[$i] != $1) dropped = 1
        else kept = kept " " $i
      if (!dropped) print line
      else if (kept == "") print "# by provision: " line
      else print $1 kept
    }' "$wc_file"
}

# resolves_to FAMILY NAME=ADDRESS...: do the names have these addresses, and no others?
resolves_to() {
  rt_family=$1 rt_status=0
  shift
  rt_names='' rt_wanted=' '
  for rt_pair in "$@"; do
    rt_names="$rt_names ${rt_pair%%=*}" rt_wanted="$rt_wanted${rt_pair#*=} "
  done
  # shellcheck disable=SC2086 # many names
  rt_found=$(getent "ahosts$rt_family" $rt_names)
  rt_seen=' '
  while read -r rt_address rt_kind rt_name; do
    [ "$rt_kind" = STREAM ] || continue
    rt_seen="$rt_seen$rt_address "
    case $rt_wanted in
      *" $rt_address "*) ;;
      *) differs "$rt_name resolves to $rt_address, which is no address of the inventory" || rt_status=1 ;;
    esac
  done <<END
$rt_found
END
  for rt_pair in "$@"; do
    case $rt_seen in
      *" ${rt_pair#*=} "*) ;;
      *) differs "${rt_pair%%=*} does not resolve to ${rt_pair#*=}" || rt_status=1 ;;
    esac
  done
  return "$rt_status"
}
