# shellcheck shell=sh
# Is the cluster well? Needs ask.sh.

# ask_all COMMAND...: the answers, one JSON text after the other, as $ANSWER. `ceph` takes half a second to start, so it is
# started once. A command that this release does not know is left out.
ask_all() {
  ANSWER=
  can_ask || return 1
  { ANSWER=$(printf '%s\n' "$@" | ceph_cmd -f json 2>&3); } 3>&1 && [ -n "$ANSWER" ] && return 0
  differs 'the monitors do not answer'
}

# within SECONDS JUDGE...: JUDGE prints lines: "wait: ..." for what may come right by itself, "fail: ..." for what will not,
# "note: ...". Judges once while we only look. Otherwise until there is nothing to wait for, and says every five seconds
# what is waited for.
within() {
  wi_end=0 wi_told=0
  [ "${MODE-}" != apply ] || wi_end=$(($(date +%s) + $1))
  shift
  while :; do
    wi_text=$("$@") || cannot "$wi_text"
    case $NL$wi_text in
      *"${NL}wait: "*) ;;
      *) break ;;
    esac
    wi_now=$(date +%s)
    [ "$wi_now" -lt "$wi_end" ] || break
    if [ "$((wi_now - wi_told))" -ge 5 ]; then
      wi_told=$wi_now
      printf '%s\n' "$wi_text" | sed -n "s/\. It means: .*//; s/^wait: \(.*\)/waiting ($((wi_end - wi_now)) s left): \1/p"
    fi
    sleep 1
  done
  [ -n "$wi_text" ] || return 0
  printf '%s\n' "$wi_text" | sed 's/^wait: //; s/^fail: //'
  case $NL$wi_text in
    *"${NL}wait: "* | *"${NL}fail: "*) return 1 ;;
  esac
  return 0
}

# judge_lines PROGRAM JQ-OPTIONS...: like judge, for within.
judge_lines() {
  jl_program=$1
  shift
  printf '%s\n' "$ANSWER" | jq -s -r "$@" "$jl_program" ||
    cannot "what the cluster answered could not be understood; is jq 1.5 or newer?"
}

# Arguments: mons and mgrs and mdss of the inventory, as JSON lists; osds, the number of OSDs by host; purge, how an OSD
# leaves this release for good.
# shellcheck disable=SC2016 # jq's own variables
DAEMONS_PROGRAM='
  def one(key): map(select(type == "object" and has(key))) | .[0];
  def listed(kind): (kind // {}) | [.[][]] | map(tostring);
  def stranger(name; how): "note: \(name) is in the cluster and not in the inventory; nothing was done about it. To remove it: \(how)";
  one("quorum_names") as $status | one("nodes") as $tree | one("mon") as $known
  | if $status == null or $tree == null then "wait: the monitors do not answer" else
      ($status.quorum_names) as $quorum
      | ([$tree.nodes[] | select(.type == "osd") | {key: (.id | tostring), value: .}] | from_entries) as $osd
      | ([$tree.nodes[] | select(.type == "host") | {key: .name, value: [(.children // [])[] | $osd[tostring] | select(. != null)]}] | from_entries) as $hosts
      | ($hosts | to_entries | map(select(.key as $name | $osds | has($name) | not) | select(.value != []))) as $strangers
      | ([$osds | to_entries[] | .value - ($hosts[.key] // [] | length) | select(. > 0)] | add // 0) as $missing
      # An OSD that its own host has seen up may be in another place of the tree: one that somebody chose.
      | ($missing > 0 and ([$strangers[].value[]] | length) >= $missing) as $elsewhere
      | ($mons - $quorum | .[] | "wait: mon.\(.) is not in the quorum (of \($quorum | join(", ")))"),
        (if ($status.mgrmap // {available: true}).available then empty else "wait: no manager is active" end),
        ($osds | to_entries[] | .key as $host | .value as $count | ($hosts[$host] // []) as $there
         | (if ($there | length) >= $count then empty else (if $elsewhere then "note" else "wait" end) + ": \($host) has \($there | length) OSDs in the cluster, \($count) in the inventory" end),
           ($there[] | select(.status != "up" or .reweight == 0) | "wait: \(.name) on \($host) is \(.status) and \(if .reweight == 0 then "out" else "in" end)"
             + (if ($there | length) > $count then (.id | tostring) as $id | ". \($host) has more OSDs in the cluster than in the inventory: if this one is gone for good, \($purge | gsub("ID"; $id))" else "" end)),
           (if ($there | length) > $count then "note: \($host) has the OSDs \($there | map(.name) | join(", ")) in the cluster, and the inventory lists \($count); nothing was done about the others" else empty end)),
        ((listed($known.mon) + $quorum | unique) - $mons | .[] | stranger("mon.\(.)"; "systemctl disable --now ceph-mon@\(.) on its host, then ceph mon remove \(.)")),
        (listed($known.mgr) - $mgrs | .[] | stranger("mgr.\(.)"; "systemctl disable --now ceph-mgr@\(.) on its host, then ceph auth rm mgr.\(.)")),
        (if $mdss == [] then listed($known.mds) | .[] | stranger("mds.\(.)"; "systemctl disable --now ceph-mds@\(.) on its host, then ceph auth rm mds.\(.)") else empty end),
        ($strangers[] | .key as $host | .value[] | (.id | tostring) as $id
         | if $elsewhere then "note: \(.name) is below \($host) in the crush tree, which is no host of the inventory: when one of those has chosen that, all is well; nothing was done about it"
           else stranger("\(.name) on \($host)"; "ceph osd out \($id); when all placement groups are active+clean again, systemctl disable --now ceph-osd@\($id) there, then \($purge | gsub("ID"; $id))") end)
    end'

# judge_daemons MONS MGRS MDSS OSDS PURGE: by the answers in $ANSWER.
judge_daemons() {
  judge_lines "$DAEMONS_PROGRAM" --argjson mons "$1" --argjson mgrs "$2" --argjson mdss "$3" --argjson osds "$4" --arg purge "$5"
}

tell_daemons() {
  if ask_all status 'osd tree' 'node ls' >/dev/null; then
    judge_daemons "$@"
  else
    echo 'wait: the monitors do not answer'
  fi
}

# check_daemons SECONDS MONS MGRS MDSS OSDS PURGE
check_daemons() {
  can_ask || return 1
  cd_seconds=$1
  shift
  within "$cd_seconds" tell_daemons "$@"
}

# Argument: codes, the table of health-codes.ts.
# shellcheck disable=SC2016 # jq's own variables
HEALTH_PROGRAM='
  def fits($code): if (. | contains("*")) then . as $pattern | $code | test("^" + ($pattern | gsub("\\*"; ".*")) + "$") else . == $code end;
  def known($code): [$codes[] | select(.code | fits($code))] | .[0];
  def unknown($severe):
    if $severe then {matters: "yes", meaning: "a failure that provision does not know", advice: "ceph health detail"}
    else {matters: "no", meaning: "a warning that provision does not know", advice: "look it up: https://docs.ceph.com/en/latest/rados/operations/health-checks/"} end;
  def told: {no: "note", soon: "wait", yes: "fail"}[.matters] + ": \(.code): \(.message). It means: \(.meaning). What to do: \(.advice)";
  # Before luminous there are no codes.
  def old_matters: if test("down|degraded|stuck|undersized|peering|inactive|unclean|recovery|blocked|slow request|skew") then "soon" elif test("full|inconsistent|damaged|unfound|fewer than") then "yes" else "no" end;
  def percent: . * 1000 | floor | . / 10;
  .[0]
  | if type != "object" then "wait: the monitors do not answer" else
      ([.pgmap.pgs_by_state[]? | select((.state_name | split("+") | index("active") and index("clean") and (index("remapped") | not) and (index("stale") | not)) | not)]) as $bad
      | (if $bad == [] then empty
         else "wait: placement groups: \([.pgmap.pgs_by_state[] | "\(.count) \(.state_name)"] | join(", "))"
           + (if (.pgmap.degraded_ratio // 0) > 0 then "; \(.pgmap.degraded_ratio | percent) % of the objects lack copies" else "" end)
           + (if (.pgmap.misplaced_ratio // 0) > 0 then "; \(.pgmap.misplaced_ratio | percent) % are not where they belong" else "" end)
           + (if (.pgmap.recovering_objects_per_sec // 0) > 0 then "; \(.pgmap.recovering_objects_per_sec) objects are recovered each second" else "" end)
         end),
        (.health.checks // {} | to_entries[] | select(.value.muted != true) | .key as $code | (.value.severity == "HEALTH_ERR") as $severe
         | {code: $code, message: .value.summary.message} + (known($code) // unknown($severe)) + {code: $code} | told),
        (if .health | has("checks") then empty
         else .health.summary[]? | {code: .severity, message: .summary, matters: (.summary | old_matters), meaning: "see the line itself", advice: "ceph health detail"} | told end)
    end'

# judge_health CODES: by the answer to "status" in $ANSWER.
judge_health() {
  judge_lines "$HEALTH_PROGRAM" --argjson codes "$1"
}

tell_health() {
  if ask status >/dev/null; then
    judge_health "$@"
  else
    echo 'wait: the monitors do not answer'
  fi
}

# check_health SECONDS CODES
check_health() {
  can_ask || return 1
  within "$1" tell_health "$2" && return 0
  if can_ask >/dev/null; then
    echo 'ceph health detail:'
    ceph_cmd health detail 2>&1 | head -n 30
  fi
  return 1
}
