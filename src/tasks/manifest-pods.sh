# shellcheck shell=sh
# Why pods are not ready: what their containers wait for, what the events say, and the last words of those that crashed.

# A line "P" for each pod, and behind it a line "C" for each of its containers, those that prepare it first.
# shellcheck disable=SC2016 # for kubectl
MANIFEST_POD_TEMPLATE='{{define "container"}}C{{"\t"}}{{.name}}{{"\t"}}{{.ready}}{{"\t"}}{{.restartCount}}{{"\t"}}{{with .state.waiting}}{{.reason}}{{with .message}}: {{.}}{{end}}{{end}}{{"\t"}}{{with .state.terminated}}{{.reason}} (exit code {{.exitCode}}){{end}}{{"\t"}}{{with .lastState}}{{with .terminated}}{{.reason}} (exit code {{.exitCode}}){{end}}{{end}}{{"\n"}}{{end}}{{range .items}}P{{"\t"}}{{.metadata.name}}{{"\t"}}{{with .spec.nodeName}}{{.}}{{end}}{{"\t"}}{{.status.phase}}{{"\t"}}{{with .status.reason}}{{.}}{{end}}{{"\t"}}{{range .status.conditions}}{{if eq .type "PodScheduled"}}{{if eq .status "False"}}{{with .message}}{{.}}{{end}}{{end}}{{end}}{{end}}{{"\n"}}{{range .status.initContainerStatuses}}I{{template "container" .}}{{end}}{{range .status.containerStatuses}}{{template "container" .}}{{end}}{{end}}'

# Prints "POD TEXT" (with a tab) for each pod of the workload that is not ready, and "POD CONTAINER" behind a tab for each of
# its containers that has said something; a third word stands there when the words before its last end are to be shown.
# shellcheck disable=SC2016 # for awk
MANIFEST_POD_AWK='
function told() {
  if (mine && (phase != "Running" || why != "")) {
    if (why == "") why = phase == "Pending" && unscheduled != "" ? "no node takes it: " unscheduled : (reason != "" ? reason : phase)
    print pod "\t" pod (node == "" ? "" : " on " node) ": " why
    printf "%s", crashed
  }
}
$1 == "P" {
  told()
  pod = $2; node = $3; phase = $4; reason = $5; unscheduled = $6; why = ""; crashed = ""
  mine = index(pod, name "-") == 1 && substr(pod, length(name) + 2) ~ (kind == "deployment" ? "^[a-z0-9]+-[a-z0-9]+$" : kind == "statefulset" ? "^[0-9]+$" : "^[a-z0-9]+$")
  next
}
$1 ~ /^I?C$/ {
  done = $3 == "true" || ($1 == "IC" && $6 ~ /^Completed /)
  if (done) next
  if ($5 == "PodInitializing" && why != "") next
  part = $2 " " ($5 != "" ? "waits: " $5 : $6 != "" ? "ended: " $6 : "runs but is not ready") ($7 != "" ? "; before that it ended: " $7 : "")
  why = why (why == "" ? "" : "; ") part
  if ($4 + 0 > 0 || $5 == "") crashed = crashed "\t" pod "\t" $2 ($4 + 0 > 0 && $5 == "" && $6 == "" ? "\tprevious" : "") "\n"
}
END { told() }'

# manifest_unready KIND NAMESPACE NAME: see MANIFEST_POD_AWK.
manifest_unready() {
  manifest_kubectl 30 get pods --namespace="$2" -o go-template="$MANIFEST_POD_TEMPLATE" 2>/dev/null |
    awk -F '\t' -v kind="$1" -v name="$3" "$MANIFEST_POD_AWK"
}

# manifest_reasons: a line for each pod that holds up one of the lines of manifest_states on standard input.
manifest_reasons() {
  while IFS=$MANIFEST_TAB read -r me_state me_kind me_namespace me_name _; do
    [ "$me_state" = waits ] || continue
    manifest_unready "$me_kind" "$me_namespace" "$me_name" </dev/null | sed -n "s/^[^$MANIFEST_TAB][^$MANIFEST_TAB]*$MANIFEST_TAB/  /p" | cut -c 1-500 | head -n 10
  done
}

# manifest_autopsy: everything that can be found out, for the lines of manifest_states on standard input.
manifest_autopsy() {
  while IFS=$MANIFEST_TAB read -r ma_state ma_kind ma_namespace ma_name ma_text; do
    [ "$ma_state" = waits ] || continue
    printf '%s %s/%s: %s\n' "$ma_kind" "$ma_namespace" "$ma_name" "$ma_text"
    manifest_unready "$ma_kind" "$ma_namespace" "$ma_name" </dev/null >"$MANIFEST_HOME/pods"
    sed -n "s/^[^$MANIFEST_TAB][^$MANIFEST_TAB]*$MANIFEST_TAB/  /p" "$MANIFEST_HOME/pods" | cut -c 1-1000 | head -n 10
    manifest_events "$ma_namespace" "$ma_name" </dev/null
    grep "^$MANIFEST_TAB" "$MANIFEST_HOME/pods" | head -n 3 | while IFS=$MANIFEST_TAB read -r ma_pod ma_container ma_run; do
      manifest_last_words "$ma_namespace" "$ma_pod" "$ma_container" "$ma_run" </dev/null
    done
  done
}

# manifest_events NAMESPACE NAME: the newest warnings about a workload and what is named after it, each told once.
manifest_events() {
  # shellcheck disable=SC2016 # for kubectl
  mv_template='{{range .items}}{{with .lastTimestamp}}{{.}}{{end}}{{"\t"}}{{.type}}{{"\t"}}{{.involvedObject.name}}{{"\t"}}{{.reason}}{{"\t"}}{{.message}}{{"\n"}}{{end}}'
  mv_events=$(manifest_kubectl 30 get events --namespace="$1" -o go-template="$mv_template" 2>/dev/null | sort |
    awk -F '\t' -v name="$2" '
      $2 == "Warning" && ($3 == name || index($3, name "-") == 1) { line[++count] = "    " $3 ": " $4 ": " $5; last[line[count]] = count }
      END { for (i = 1; i <= count; i++) if (last[line[i]] == i) print line[i] }' | tail -n 6 | cut -c 1-1000)
  [ -z "$mv_events" ] || printf '  the last warnings:\n%s\n' "$mv_events"
}

# manifest_last_words NAMESPACE POD CONTAINER [previous]: "previous" for a container that runs again. Of one that has ended or
# waits for its next try, kubectl shows its last run anyway.
manifest_last_words() {
  mw_log=$(manifest_kubectl 30 logs --namespace="$1" "$2" -c "$3" --tail=8 ${4:+--previous} 2>&1)
  [ -z "$mw_log" ] || printf '  the last lines of %s in %s:\n%s\n' "$3" "$2" "$(printf '%s\n' "$mw_log" | sed 's/^/    /' | cut -c 1-1000)"
}
