# shellcheck shell=sh
# A pool. Needs ask.sh.

# The words of a pool, each empty when there is no such thing: NAME, SIZE (copies of an object), MIN_SIZE, DECLARED (yes
# when the inventory says the size), APPLICATION (where the release has them), PG_NUM (when the inventory says it).
# shellcheck disable=SC2016 # jq's own variables
POOL_PROGRAM='
  def keeps: "the pool \($name) keeps \(if .size == 1 then "one copy" else "\(.size) copies" end) of each object and works with \(.min_size)";
  [.pools[] | select(.pool_name == $name)]
  | if length == 0 then "there is no pool \($name)" else .[0] end
  | if type == "string" then . else
      (if .size == ($size | tonumber) and (.min_size == ($min_size | tonumber) or $declared != "yes") then empty
       elif (.type // 1) != 1 then "note: the pool \($name) is erasure coded; its size was left alone"
       elif $declared == "yes" then "\(keeps), not \($size) and \($min_size)"
       else "note: \(keeps); a new pool would keep \($size) (pitfall ceph-pool-size). It was left as it is; to change it, say size: \($size) for it in the inventory"
       end),
      ((.application_metadata // {} | keys) as $has
       | if $application == "" or ($has | index([$application])) != null then empty
         elif $has == [] then "the pool \($name) is not marked as one for \($application)"
         else "note: the pool \($name) is marked as one for \($has | join(", ")), not for \($application); it was left as it is"
         end),
      ((.pg_num_target // .pg_num) as $now
       | if $pg_num == "" or .pg_autoscale_mode == "on" or $now == ($pg_num | tonumber) then empty
         elif $now < ($pg_num | tonumber) then "the pool \($name) has \($now) placement groups, not \($pg_num)"
         else "note: the pool \($name) has \($now) placement groups, more than the \($pg_num) of the inventory; it was left as it is"
         end)
    end'

# judge_pool NAME SIZE MIN_SIZE DECLARED APPLICATION PG_NUM: by the map of the cluster in $ANSWER.
judge_pool() {
  judge "$POOL_PROGRAM" --arg name "$1" --arg size "$2" --arg min_size "$3" --arg declared "$4" \
    --arg application "$5" --arg pg_num "$6"
}

check_pool() {
  ask osd dump && judge_pool "$@"
}

# pool_value NAME KEY: of the pool in $ANSWER; nothing when there is no such pool.
pool_value() {
  printf '%s\n' "$ANSWER" | jq -r --arg name "$1" ".pools[] | select(.pool_name == \$name) | $2"
}

# apply_pool NAME SIZE MIN_SIZE DECLARED APPLICATION PG_NUM NEW_PG_NUM RELEASE: NEW_PG_NUM is what a new pool is made with,
# empty where the release chooses.
apply_pool() {
  ask osd dump || return 2
  ap_new=no
  if [ -z "$(pool_value "$1" .pool_name)" ]; then
    ap_new=yes
    # shellcheck disable=SC2086 # no word at all when it is empty
    ceph_cmd osd pool create "$1" ${7:+$7 $7} || return 2
    ask osd dump || return 2
  fi
  if [ "$ap_new" = yes ] || [ "$4" = yes ]; then
    set_size "$1" "$2" "$3" "$8" || return 2
  fi
  [ -z "$6" ] || raise_pg_num "$1" "$6" "$8" || return 2
  [ -z "$5" ] || mark_pool "$1" "$5"
}

# set_size NAME SIZE MIN_SIZE RELEASE: of the pool in $ANSWER. With the size, Ceph changes the other by a rule of its own.
set_size() {
  if [ "$(pool_value "$1" .size)" != "$2" ]; then
    set_copies "$1" "$2" "$4" && ceph_cmd osd pool set "$1" min_size "$3"
  elif [ "$(pool_value "$1" .min_size)" != "$3" ]; then
    ceph_cmd osd pool set "$1" min_size "$3"
  fi
}

# set_copies NAME SIZE RELEASE: octopus and newer want to be told twice that one copy is enough.
set_copies() {
  if [ "$2" != 1 ] || [ "$3" -lt 15 ]; then
    ceph_cmd osd pool set "$1" size "$2"
    return
  fi
  ceph_cmd config set global mon_allow_pool_size_one true || return 2
  sc_status=0
  ceph_cmd osd pool set "$1" size 1 --yes-i-really-mean-it || sc_status=2
  ceph_cmd config rm global mon_allow_pool_size_one
  return "$sc_status"
}

# raise_pg_num NAME PG_NUM RELEASE: only up, and not where the cluster chooses itself. Before nautilus the second number
# can be raised only when the new groups have been made.
raise_pg_num() {
  [ "$(pool_value "$1" .pg_autoscale_mode)" != on ] || return 0
  [ "$(pool_value "$1" '(.pg_num_target // .pg_num)')" -lt "$2" ] || return 0
  ceph_cmd osd pool set "$1" pg_num "$2" || return 2
  [ "$3" -ge 14 ] || wait_until 60 "the placement groups of $1" ceph_cmd osd pool set "$1" pgp_num "$2"
}

# mark_pool NAME APPLICATION: what it is for; another mark stays.
mark_pool() {
  [ "$(pool_value "$1" '(.application_metadata // {} | length)')" = 0 ] || return 0
  if [ "$2" = rbd ]; then
    run_rbd pool init "$1"
  else
    ceph_cmd osd pool application enable "$1" "$2"
  fi
}
