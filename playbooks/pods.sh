# shellcheck shell=sh
# What runs in the cluster, for the probes of what was put on it. Needs kubectl.sh.

# raw_list PATH PATTERN: what of the list at this path of the API matches. Most clusters have nothing of what the probes look for, and
# nothing more is asked of them.
raw_list() {
  rl_found=$({ kube_text "$1" 2>/dev/null || echo 'no answer'; } | grep -o -E -e "$2" -e '^no answer$' | sort -u)
  case $rl_found in
    *'no answer') cannot "the API server does not list $1" ;;
  esac
  # shellcheck disable=SC2034 # for those who call it
  RAW_LIST=$rl_found
}

# answer_of COMMAND WORDS...: what it prints, as $ANSWER.
answer_of() {
  ANSWER=$("$@" 2>/dev/null </dev/null) && return 0
  # Once more for the reason: what it warns of must not be taken for an answer.
  cannot "$("$@" 2>&1 >/dev/null </dev/null | tail -n 1)"
}

# kube_answer WORDS...: what kubectl says, as $ANSWER.
kube_answer() {
  answer_of kube "$@"
}

# pod_lines: what runs, as pods.awk writes it. Doctor has asked once for all, as $PODS.
pod_lines() {
  known PODS read_list /api/v1/pods "$PODS_AWK"
}

# pods_with PROGRAM: what the program of awk prints, which knows of each line the namespace, pod and phase; why not, when it fails.
pods_with() {
  pw_lines=$(pod_lines) || {
    pw_status=$?
    printf '%s\n' "$pw_lines"
    return "$pw_status"
  }
  printf '%s\n' "$pw_lines" | awk -F '\t' '$1 == "pod" { namespace = $2; pod = $3; phase = $5 } '"$1"
}

# runs PATTERN: does a pod have an image whose name, in quotes, matches?
runs() {
  answer_of pod_lines
  # shellcheck disable=SC2016 # for awk
  printf '%s\n' "$ANSWER" | awk -F '\t' -v WANTED="$1" '$1 == "container" && ("\"" $3 "\"") ~ WANTED { found = 1; exit } END { exit !found }'
}

# What programs of awk share: it calls judge() when a container has been read whose image matches WANTED.
# shellcheck disable=SC2016 # for awk
POD_AWK='
  function close_container() {
    if (container != "" && image ~ WANTED) judge()
    container = ""
    split("", mounts); split("", env); split("", from); args = ""
  }
  BEGIN { FS = OFS = "\t" }
  $1 == "pod" { close_container(); namespace = $2; pod = $3; group = $4 == "" ? $3 : $4; phase = $5; split("", ready); split("", restarts); split("", kinds); split("", config) }
  $1 == "status" { ready[$2] = $3; restarts[$2] = $4 }
  $1 == "volume" { kinds[$2] = " " $3; config[$2] = $4 }
  $1 == "container" { close_container(); container = $2; image = $3; cpu = $4 }
  $1 == "arg" { args = args " " $2 }
  $1 == "mount" { mounts[$3] = $2 }
  $1 == "env" { env[$2] = $3 }
  $1 == "from" { from[$2 "/" $3] = 1 }
  END { close_container() }'

# of_containers WANTED PROGRAM: what the program, with a function judge(), prints of the containers whose image matches, each line once.
of_containers() {
  answer_of pod_lines
  OF_CONTAINERS=$(printf '%s\n' "$ANSWER" | awk -v WANTED="$1" "$POD_AWK
$2" | sort -u)
}

# logged_containers WANTED: STATE NAMESPACE POD CONTAINER RESTARTS of containers of such an image; at most six, those that ail first.
logged_containers() {
  of_containers "$1" 'function judge() { print (ready[container] == "true" ? "well" : "ailing"), namespace, pod, container, restarts[container] + 0 }'
  OF_CONTAINERS=$(printf '%s\n' "$OF_CONTAINERS" | head -n 6)
}

# recent_lines WANTED PATTERN: what containers of such an image have said in the past two minutes, or, when they are not ready,
# before they ended. $RECENT is a line for each kind, with the pod that said it.
recent_lines() {
  logged_containers "$1"
  RECENT=
  while IFS='	' read -r re_state re_namespace re_pod re_container re_restarts; do
    [ -n "$re_pod" ] || continue
    re_line=$(said_since "$re_namespace" "$re_pod" "$re_container" "$2" --since=2m)
    if [ -z "$re_line" ] && [ "$re_state" = ailing ] && [ "$re_restarts" -gt 0 ]; then
      re_line=$(said_since "$re_namespace" "$re_pod" "$re_container" "$2" --previous)
    fi
    [ -z "$re_line" ] || RECENT="$RECENT${RECENT:+$NL}$re_namespace/$re_pod: $re_line"
  done <<EOT
$OF_CONTAINERS
EOT
}

# said_since NAMESPACE POD CONTAINER PATTERN OPTION
said_since() {
  kube -n "$1" logs "$2" -c "$3" --tail=1000 "$5" 2>/dev/null </dev/null | grep -E -e "$4" | tail -n 1 | cut -c 1-500
}
