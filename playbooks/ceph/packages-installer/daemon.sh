# shellcheck shell=sh
# The keys of daemons. Needs ask.sh. $WANTED are their names as a JSON list.

# ask_entities LIST: who has a key, as $ANSWER, never to be printed. LIST is the command of this release.
ask_entities() {
  ! pending ceph-quorum || differs 'the monitors have no quorum yet' || return 1
  ask auth "$1"
}

# judge_entities: rights that somebody else has chosen are left as they are.
# shellcheck disable=SC2016 # jq's own variables
judge_entities() {
  judge '. as $all | $wanted[] | . as $name | [$all.auth_dump[] | select(.entity == $name)][0]
    | if . == null then "the cluster has no key for \($name)"
      elif (.caps.mon // "") == "" then "\($name) has no rights in the cluster"
      else empty end' --argjson wanted "$WANTED"
}

# registered NAME: by $ANSWER.
# shellcheck disable=SC2016 # jq's own variables
registered() {
  printf '%s\n' "$ANSWER" |
    jq -e -s --arg name "$1" '.[0].auth_dump | any(.entity == $name and (.caps.mon // "") != "")' >/dev/null
}

# register NAME KIND CAP...: one that an interrupted attempt left without rights gets them.
register() {
  ! registered "$1" || return 0
  ceph_cmd auth get-or-create "$1" >/dev/null && ceph_cmd auth caps "$@"
}

# tell_keys: a line each, in the order of $WANTED.
# shellcheck disable=SC2016 # jq's own variables
tell_keys() {
  printf '%s\n' "$ANSWER" |
    jq -r --argjson wanted "$WANTED" '. as $all | $wanted[] | . as $name | $all.auth_dump[] | select(.entity == $name) | .key'
}
