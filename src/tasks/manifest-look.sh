# shellcheck shell=sh
# Is the manifest in the cluster, and do its pods run? Only looks.

# manifest_check: 0 as declared, 1 differs and says what, 2 cannot tell.
manifest_check() {
  [ -r "$MANIFEST_CONF" ] || manifest_not_yet "There is no $MANIFEST_CONF on this host, so nobody can be asked: it is no control plane (yet)."
  manifest_content >/dev/null 2>&1 || manifest_not_yet "The manifest of $MANIFEST_NAME is not on this host (yet)."
  manifest_begin
  manifest_version || manifest_not_yet 'kubectl is not on this host (yet), or does not say its version.'
  if [ "$MANIFEST_MINOR" -ge 13 ]; then
    manifest_differences
  else
    manifest_marks
  fi || return
  manifest_rollouts_done
}

# manifest_not_yet TEXT: no answer is a difference while an earlier task may bring one.
manifest_not_yet() {
  [ -n "${PENDING-}" ] || cannot "$1"
  differs "$1"
  exit 1
}

# manifest_differences: the API server tells what an apply would change.
manifest_differences() {
  md_out=$MANIFEST_HOME/differences md_err=$MANIFEST_HOME/errors
  set -- diff
  [ "$MANIFEST_MINOR" -lt 22 ] || set -- "$@" --server-side --field-manager="$MANIFEST_MANAGER"
  manifest_content | manifest_kubectl 90 "$@" -f - >"$md_out" 2>"$md_err"
  md_code=$?
  # Up to 1.17 an error ends with 1 as well.
  if [ "$md_code" -eq 1 ] && [ -s "$md_out" ]; then
    manifest_show_differences <"$md_out"
    return 1
  fi
  [ "$md_code" -ne 0 ] || return 0
  # kubectl also warns there, in the form of the log library.
  md_error=$(sed '/^[WIE][0-9][0-9]* /d' "$md_err")
  if manifest_takes_over "$md_error"; then
    printf 'What an earlier kubectl apply has set is taken over:\n'
    manifest_content | manifest_kubectl 90 "$@" --force-conflicts -f - 2>/dev/null | manifest_show_differences
    return 1
  fi
  manifest_not_comparable "$md_code" "$md_error"
}

# What the API server keeps in each object for itself says nothing to a reader.
# shellcheck disable=SC2016 # for awk
MANIFEST_DIFF_AWK='
/^diff / { next }
/^(---|\+\+\+) \// {
  object = $2
  sub(".*/", "", object)
  print $1 " " object ($1 == "---" ? " (in the cluster)" : " (declared)")
  next
}
/^@@/ { skipped = ""; print "@@"; next }
/^.  managedFields:$/ { skipped = "^.  (- |  )"; next }
/^.    kubectl.kubernetes.io\/last-applied-configuration: / { skipped = "^.      "; next }
skipped != "" && $0 ~ skipped { next }
{ skipped = "" }
/^.    deprecated.daemonset.template.generation: / || /^. +creationTimestamp: / || /^.  (generation|resourceVersion|uid|selfLink): / { next }
{ print }'

# manifest_show_differences: names the objects in place of the folders that kubectl compared, cut to 60 lines.
manifest_show_differences() {
  awk "$MANIFEST_DIFF_AWK" | sed -n '1,60p; 61 { s/.*/(the rest is not shown)/p; q; }'
}

# manifest_not_comparable CODE TEXT: what is new cannot be compared when it lies in something that is new as well.
manifest_not_comparable() {
  case $2 in
    *'NotFound): namespaces "'*)
      mn_missing=$(printf '%s\n' "$2" | sed -n 's/.*NotFound): namespaces "\([^"]*\)".*/\1/p' | head -n 1)
      if manifest_declares "Namespace $mn_missing"; then
        manifest_differs_whole "The namespace $mn_missing is not there yet"
        return 1
      fi
      manifest_not_yet "$2
The namespace $mn_missing is not there, and $MANIFEST_NAME does not bring it."
      ;;
    *'no matches for kind '* | *'could not find the requested resource'* | *"doesn't have a resource type"*)
      if manifest_declares 'CustomResourceDefinition '; then
        manifest_differs_whole 'Its kinds are not there yet'
        return 1
      fi
      manifest_not_yet "$2
This version of Kubernetes does not know a kind that $MANIFEST_NAME consists of."
      ;;
  esac
  manifest_not_yet "$2
$(manifest_explain "$1" "$2")
Whether $MANIFEST_NAME is in the cluster as declared could not be told."
}

# manifest_declares BEGINNING: does the line of one of our objects begin so? Of a file that lies on the host, no lines are known.
manifest_declares() {
  if [ -z "$MANIFEST_OBJECTS" ]; then
    manifest_content | grep -q -e "^kind: *[\"']\\{0,1\\}${1%% *}[\"']\\{0,1\\} *\$"
    return
  fi
  case $NL$MANIFEST_OBJECTS in
    *"$NL$1"*) return 0 ;;
  esac
  return 1
}

# manifest_differs_whole WHY
manifest_differs_whole() {
  differs "$1. Of $MANIFEST_NAME will be made:
${MANIFEST_OBJECTS:-all that the manifest holds}"
}

# manifest_marks: a kubectl without "diff" (below 1.13) can only tell what was applied last, by the mark that we leave.
manifest_marks() {
  mm_all=$(manifest_content | manifest_kubectl 60 get -f - -o yaml 2>"$MANIFEST_HOME/errors")
  mm_code=$?
  mm_error=$(cat "$MANIFEST_HOME/errors")
  case $mm_code/$mm_error in
    0/*) ;;
    */*NotFound*) differs "Not everything is there: $mm_error" || return 1 ;;
    *) manifest_not_comparable "$mm_code" "$mm_error" || return ;;
  esac
  # Each object of such a version links to itself, once.
  mm_count=$(printf '%s\n' "$mm_all" | grep -c '^ *selfLink: ')
  mm_same=$(printf '%s\n' "$mm_all" | grep -c "^ *$MANIFEST_MARK: $(manifest_sum)\$")
  if [ "$mm_count" -eq 0 ] || [ "$mm_count" -ne "$mm_same" ]; then
    differs "$((mm_count - mm_same)) of the $mm_count objects of $MANIFEST_NAME were last applied from something else. This version of kubectl cannot show the difference."
  fi
}
