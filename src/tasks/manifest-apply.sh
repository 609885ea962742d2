# shellcheck shell=sh
# Brings the manifest into the cluster and waits for its pods.

# manifest_apply SECONDS
manifest_apply() {
  [ -r "$MANIFEST_CONF" ] || cannot "There is no $MANIFEST_CONF on this host: it is no control plane."
  manifest_begin
  manifest_version || cannot 'kubectl is not on this host, or does not say its version.'
  manifest_send && manifest_wait "$1"
}

# manifest_send: definitions of kinds first, and the rest once they are served.
manifest_send() {
  if [ -n "$(manifest_kinds)" ]; then
    manifest_kinds | manifest_put || return
    manifest_kinds | manifest_served || return
  fi
  [ "$MANIFEST_MINOR" -ge 13 ] || manifest_content | manifest_kubectl 60 annotate --overwrite -f - "$MANIFEST_MARK-" >/dev/null 2>&1
  manifest_content | manifest_put || return
  [ "$MANIFEST_MINOR" -ge 13 ] || manifest_content | manifest_kubectl 60 annotate --overwrite -f - "$MANIFEST_MARK=$(manifest_sum)" >/dev/null
}

# manifest_put: applies standard input.
manifest_put() {
  cat >"$MANIFEST_HOME/content"
  set -- apply -f "$MANIFEST_HOME/content"
  [ "$MANIFEST_MINOR" -lt 22 ] || set -- "$@" --server-side --field-manager="$MANIFEST_MANAGER"
  mp_said=$(manifest_kubectl 120 "$@" 2>&1)
  mp_code=$?
  if [ "$mp_code" -ne 0 ] && manifest_takes_over "$mp_said"; then
    mp_said=$(manifest_kubectl 120 "$@" --force-conflicts 2>&1)
    mp_code=$?
  fi
  printf '%s\n' "$mp_said"
  [ "$mp_code" -eq 0 ] || manifest_explain "$mp_code" "$mp_said"
  return "$mp_code"
}

# manifest_served: waits until the API server serves the kinds whose definitions are on standard input.
manifest_served() {
  cat >"$MANIFEST_HOME/kinds"
  ms_end=$(($(date +%s) + 60))
  while :; do
    ms_states=$(manifest_kubectl 30 get -f "$MANIFEST_HOME/kinds" -o yaml 2>&1)
    ms_all=$(printf '%s\n' "$ms_states" | grep -c '^ *kind: CustomResourceDefinition$')
    ms_served=$(printf '%s\n' "$ms_states" | grep -c '^ *type: Established$')
    [ "$ms_all" -eq 0 ] || [ "$ms_served" -lt "$ms_all" ] || return 0
    if [ "$(date +%s)" -ge "$ms_end" ]; then
      printf 'The API server has taken the definitions of the kinds of %s, but does not serve them after 60 s.\n' "$MANIFEST_NAME"
      return 1
    fi
    sleep 1
  done
}

# manifest_wait SECONDS: until all pods run; says every 5 s how far they are, and why those are not ready that are not.
manifest_wait() {
  [ -n "$MANIFEST_ROLLOUTS" ] || return 0
  mt_begin=$(date +%s) mt_told=0 mt_reasons=
  while :; do
    mt_states=$(manifest_states)
    mt_code=$?
    mt_waiting=$(printf '%s\n' "$mt_states" | manifest_waiting)
    [ "$mt_code" -ne 0 ] || [ -n "$mt_waiting" ] || return 0
    mt_passed=$(($(date +%s) - mt_begin))
    [ "$mt_passed" -lt "$1" ] || break
    if [ "$mt_passed" -ge "$((mt_told + 5))" ]; then
      mt_told=$mt_passed
      manifest_tell "$1"
    fi
    sleep 1
  done
  printf 'waited %s s for the pods of %s in vain\n' "$mt_passed" "$MANIFEST_NAME"
  if [ "$mt_code" -ne 0 ]; then
    mt_error=$(cat "$MANIFEST_HOME/errors")
    printf '%s\n' "$mt_error"
    manifest_explain "$mt_code" "$mt_error"
  else
    printf '%s\n' "$mt_states" | manifest_autopsy
  fi
  return 1
}

# manifest_tell SECONDS: one line of progress for each roll-out; the reasons only when they are others than before.
manifest_tell() {
  if [ "$mt_code" -ne 0 ]; then
    printf 'waiting for the API server to answer again (%s of %s s)\n' "$mt_passed" "$1"
    return
  fi
  printf '%s\n' "$mt_waiting" | while IFS= read -r mt_line; do
    printf 'waiting for %s (%s of %s s)\n' "$mt_line" "$mt_passed" "$1"
  done
  mt_now=$(printf '%s\n' "$mt_states" | manifest_reasons)
  [ "$mt_now" = "$mt_reasons" ] || [ -z "$mt_now" ] || printf '%s\n' "$mt_now"
  mt_reasons=$mt_now
}
