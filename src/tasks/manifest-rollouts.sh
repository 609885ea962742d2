# shellcheck shell=sh
# How far the roll-outs are: one call of kubectl for all of them.

# What "kubectl rollout status" looks at. Always several kinds: in a list of one kind, old versions leave the kind out.
# shellcheck disable=SC2016 # for kubectl
MANIFEST_ROLLOUT_TEMPLATE='{{range .items}}{{.kind}}{{"\t"}}{{.metadata.namespace}}{{"\t"}}{{.metadata.name}}{{"\t"}}{{.metadata.generation}}{{"\t"}}{{.status.observedGeneration}}{{"\t"}}{{.spec.replicas}}{{"\t"}}{{.status.replicas}}{{"\t"}}{{.status.updatedReplicas}}{{"\t"}}{{.status.readyReplicas}}{{"\t"}}{{.status.availableReplicas}}{{"\t"}}{{.status.desiredNumberScheduled}}{{"\t"}}{{.status.updatedNumberScheduled}}{{"\t"}}{{.status.numberReady}}{{"\t"}}{{.status.numberAvailable}}{{"\t"}}{{with .spec.updateStrategy}}{{.type}}{{end}}{{"\n"}}{{end}}'

# A value that is not there is printed as "<no value>", which counts as 0.
# shellcheck disable=SC2016 # for awk
MANIFEST_ROLLOUT_AWK='
BEGIN {
  count = split(wanted, lines, "\n")
  for (i = 1; i <= count; i++) {
    split(lines[i], word, " ")
    key[i] = word[1] "\t" word[2] "\t" word[3]
    text[key[i]] = "is not there"
  }
}
{ id = tolower($1) "\t" $2 "\t" $3 }
id in text {
  if (tolower($1) == "daemonset") { desired = $11 + 0; updated = $12 + 0; ready = $13 + 0; available = $14 + 0 }
  else { desired = $6 + 0; updated = $8 + 0; ready = $9 + 0; available = $10 + 0 }
  # A stateful set says nothing of available pods, and before 1.6 nothing of new and ready ones.
  if (tolower($1) == "statefulset") { if ($15 == "") ready = $7 + 0; available = ready }
  # Before 1.6 a daemon set is never rolled out anew, and says nothing of available pods; a deployment nothing of ready ones.
  if (tolower($1) == "daemonset" && $14 !~ /[0-9]/ && $15 == "") available = ready
  if (tolower($1) == "deployment") ready = available
  rolls = tolower($1) == "deployment" || $15 == "RollingUpdate"
  if ($4 + 0 > $5 + 0 && $5 ~ /[0-9]/ || $5 !~ /[0-9]/ && tolower($1) != "statefulset") text[id] = "has not been taken up by its controller yet"
  else if (rolls && updated < desired) text[id] = updated " of " desired " pods are of the new version, " ready " ready"
  else if (tolower($1) == "deployment" && $7 + 0 > updated) text[id] = ready " of " desired " pods are ready, " ($7 - updated) " of an earlier version have to end"
  else if (available < desired) text[id] = (ready < desired ? ready " of " desired " pods are ready" : "all " desired " pods are ready, for " available " of them long enough")
  else text[id] = "done\t" desired
}
END {
  for (i = 1; i <= count; i++) print (text[key[i]] ~ /^done\t/ ? "done" : "waits") "\t" key[i] "\t" text[key[i]]
}'

# manifest_states: a line "done|waits KIND NAMESPACE NAME TEXT" (with tabs) for each roll-out.
manifest_states() {
  manifest_kubectl 60 get daemonsets,deployments,statefulsets --all-namespaces \
    -o go-template="$MANIFEST_ROLLOUT_TEMPLATE" >"$MANIFEST_HOME/workloads" 2>"$MANIFEST_HOME/errors" || return
  MANIFEST_WANTED=$MANIFEST_ROLLOUTS awk -F '\t' "BEGIN { wanted = ENVIRON[\"MANIFEST_WANTED\"] } $MANIFEST_ROLLOUT_AWK" "$MANIFEST_HOME/workloads"
}

# manifest_waiting: of the lines of manifest_states, those that are not done, in words.
manifest_waiting() {
  awk -F '\t' '$1 == "waits" { print $2 " " $3 "/" $4 ": " $5 }'
}

# manifest_rollouts_done
manifest_rollouts_done() {
  [ -n "$MANIFEST_ROLLOUTS" ] || return 0
  mr_states=$(manifest_states)
  mr_code=$?
  if [ "$mr_code" -ne 0 ]; then
    mr_error=$(cat "$MANIFEST_HOME/errors")
    manifest_not_yet "$mr_error
$(manifest_explain "$mr_code" "$mr_error")
How far the pods of $MANIFEST_NAME are could not be told."
  fi
  mr_waiting=$(printf '%s\n' "$mr_states" | manifest_waiting)
  [ -z "$mr_waiting" ] || differs "$mr_waiting"
}
