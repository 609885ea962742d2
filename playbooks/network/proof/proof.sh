# shellcheck shell=sh
# Probes in the cluster, and what they saw of each other. Needs kubectl.sh and ready.sh.

PROBES=provision-probe

# probes_gone: removes all probes, and waits until nothing is left of them.
probes_gone() {
  pg_end=$(($(date +%s) + 120)) pg_told=0
  while :; do
    pg_answer=$(kube get namespace "$PROBES" --ignore-not-found -o name 2>&1) || {
      printf 'whether probes of an earlier run are there cannot be told: %s\n' "$pg_answer"
      return 1
    }
    [ -n "$pg_answer" ] || return 0
    [ "$pg_told" -ne 0 ] || remove_probes
    pg_told=$((pg_told + 1))
    [ "$(date +%s)" -lt "$pg_end" ] || break
    [ "$((pg_told % 3))" -ne 0 ] || echo 'waiting for the probes of before to end'
    sleep 2
  done
  printf 'the namespace %s is being deleted and does not go. What holds it: kubectl get namespace %s -o yaml\n' "$PROBES" "$PROBES"
  return 1
}

# remove_probes: a namespace with pods that end slowly goes slowly; there is nothing in these that must end well. kubectl may wait
# for the end, and an old one, which cannot, does not know the word.
remove_probes() {
  kube -n "$PROBES" delete pods --all --grace-period=0 --force >/dev/null 2>&1
  kube delete namespace "$PROBES" --ignore-not-found --wait=false >/dev/null 2>&1 ||
    kube delete namespace "$PROBES" --ignore-not-found >/dev/null 2>&1 || :
}

# bring: creates the objects on standard input. For a moment a new ServiceAccount has no token, and its pods are refused.
bring() {
  cat >"$WORK/objects"
  br_tries=0
  until br_said=$(kube apply --validate=false -f "$WORK/objects" 2>&1); do
    br_tries=$((br_tries + 1))
    if [ "$br_tries" -ge 10 ]; then
      printf '%s\nthe probes could not be created\n' "$br_said"
      return 1
    fi
    sleep 2
  done
}

# tell_pods: NAME PHASE ADDRESS of each probe, then what its container waits for; - for what is not there.
tell_pods() {
  # shellcheck disable=SC2016 # for kubectl
  kube -n "$PROBES" get pods -o go-template='{{range .items}}{{.metadata.name}} {{.status.phase}} {{with .status.podIP}}{{.}}{{else}}-{{end}} {{.spec.nodeName}} {{range .status.containerStatuses}}{{with .state.waiting}}{{.reason}}{{with .message}}: {{.}}{{end}}{{end}}{{end}}{{"\n"}}{{end}}'
}

# wait_for_pods SECONDS WHAT COUNT PREFIX PHASES: until COUNT pods whose names begin so are in one of the phases (Running:
# with an address).
wait_for_pods() {
  wp_begin=$(date +%s) wp_told=0 wp_warning=
  while :; do
    PODS=$(tell_pods 2>&1) || PODS="cannot be asked for: $PODS"
    wp_there=$(printf '%s\n' "$PODS" | awk -v prefix="$4" -v phases=" $5 " '
      index($1, prefix) == 1 && index(phases, " " $2 " ") > 0 && ($2 != "Running" || $3 != "-") { count++ }
      END { print count + 0 }')
    [ "$wp_there" -lt "$3" ] || return 0
    wp_passed=$(($(date +%s) - wp_begin))
    [ "$wp_passed" -lt "$1" ] || break
    if [ "$wp_passed" -ge "$((wp_told + 10))" ]; then
      wp_told=$wp_passed
      printf 'waiting for %s: %s of %s (%s of %s s)\n' "$2" "$wp_there" "$3" "$wp_passed" "$1"
      wp_now=$(last_warnings "$PROBES" | tail -n 1)
      [ "$wp_now" = "$wp_warning" ] || printf '%s\n' "$wp_now"
      wp_warning=$wp_now
    fi
    sleep 1
  done
  printf 'after %s s there are %s of %s of %s:\n' "$1" "$wp_there" "$3" "$2"
  printf '%s\n' "$PODS" | awk -v prefix="$4" -v phases=" $5 " 'index($1, prefix) == 1 && index(phases, " " $2 " ") > 0 && ($2 != "Running" || $3 != "-") { next } index($1, prefix) == 1 || !/^(probe|tries)-/' | cut -c 1-500 | head -n 20
  last_warnings "$PROBES"
  return 1
}

# targets NODE=ADDRESS...: the lines that pod-try.sh reads, of $PODS and $SERVICES.
targets() {
  printf '%s\n%s\n' "$SERVICES" "$PODS" | awk -v wanted="$*" -v namespace="$PROBES" -v domain="$DOMAIN" -v now="$NOW" '
    $1 == "service" { service[$2] = $3; port[$2] = $4; next }
    { pod[$1] = $3 }
    END {
      count = split(wanted, pairs, " ")
      for (i = 1; i <= count; i++) {
        split(pairs[i], own, "=")
        next_place = i % count + 1
        split(pairs[next_place], other, "=")
        name = "probe-" now "-" i
        print own[1], pod["probe-" i], name "." namespace ".svc." domain, service[name], own[2], port["probe-" now "-" next_place], other[1]
      }
    }'
}

tell_services() {
  # shellcheck disable=SC2016 # for kubectl
  kube -n "$PROBES" get services -o go-template='{{range .items}}service {{.metadata.name}} {{.spec.clusterIP}} {{range .spec.ports}}{{.nodePort}}{{end}}{{"\n"}}{{end}}'
}

# read_logs COUNT: of all who tried, as $WORK/tries. A log without its last line is of one that was cut off.
read_logs() {
  : >"$WORK/tries"
  rl_status=0
  for rl_place in pod host; do
    rl_at=0
    while [ "$rl_at" -lt "$1" ]; do
      rl_at=$((rl_at + 1))
      rl_name=tries-$rl_place-$rl_at
      kube -n "$PROBES" logs "$rl_name" >"$WORK/log" 2>&1
      cat "$WORK/log" >>"$WORK/tries"
      if ! grep -q -x END "$WORK/log"; then
        rl_status=1
        printf 'the probe %s did not come to its end; its last lines:\n' "$rl_name"
        tail -n 5 "$WORK/log"
      fi
    done
  done
  return "$rl_status"
}

# prove_network DOMAIN EXPECTED ADVICE NODE=ADDRESS...: needs the functions server_objects, tries_objects and judge_tries. The
# table is left as $MATRIX.
prove_network() {
  DOMAIN=$1 pn_expected=$2 pn_advice=$3
  shift 3
  WORK=$(mktemp -d) || return 2
  trap 'rm -rf "$WORK"; remove_probes' EXIT
  trap 'exit 143' HUP INT TERM
  probes_gone || return 1
  NOW=$(($(date +%s) % 100000))
  server_objects | sed "s/probe-now-/probe-$NOW-/" | bring || return 1
  wait_for_pods 240 'a probe on each node' "$#" probe- Running || return 1
  SERVICES=$(tell_services) && [ -n "$SERVICES" ] || return 1
  targets "$@" >"$WORK/targets"
  kube -n "$PROBES" create configmap probe-targets --from-file=targets="$WORK/targets" || return 1
  tries_objects | bring || return 1
  wait_for_pods 300 'the tries of all probes' "$(($# * 2))" tries- 'Succeeded Failed' || return 1
  pn_status=0
  read_logs "$#" || pn_status=1
  pn_nodes=
  for pn_node in "$@"; do
    pn_nodes="$pn_nodes ${pn_node%%=*}"
  done
  judge_tries "${pn_nodes# }" "$pn_expected" "$WORK/tries" >"$WORK/judged" || return 1
  sed -n 's/^ROW //p' "$WORK/judged"
  if grep '^BAD ' "$WORK/judged" >"$WORK/bad"; then
    sed 's/^BAD //' "$WORK/bad"
    printf 'addresses: %s\n' "$(awk '{ printf "%s%s has the pod %s", separator, $1 " (" $5 ")", $2; separator = ", " }' "$WORK/targets")"
    printf '%s\n' "$pn_advice"
    return 1
  fi
  [ "$pn_status" -eq 0 ] || return 1
  sed -n 's/^ROW //p' "$WORK/judged" >"$WORK/matrix"
  mkdir -p "${MATRIX%/*}" && cp "$WORK/matrix" "$MATRIX.new" && mv -f "$MATRIX.new" "$MATRIX" || return 1
  rm -rf "$WORK"
  trap - EXIT
  probes_gone
}
