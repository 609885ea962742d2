# shellcheck shell=sh
# Monitors, pools, metadata servers, keys and programs. Needs common.sh.

# ---- ceph-pool-size ----

# The map of the OSDs, their tree and the rules, in any order. Of each pool that wants more copies than its rule can place: NAME,
# SIZE, how many places there are, of which kind, and the kind of pool. It is counted where OSDs belong, not whether they run: what
# is down now is not too few hosts.
# shellcheck disable=SC2016 # jq's own variables
POOL_SIZE_PROGRAM='
  def one(key): map(select(type == "object" and has(key))) | .[0];
  one("pools") as $map | one("nodes") as $tree | (map(select(type == "array")) | .[0] // []) as $rules
  | if $map == null or $tree == null then error("no map") else . end
  | ([$tree.nodes[] | {key: (.id | tostring), value: .}] | from_entries) as $node
  | def all($id): $node[$id | tostring] | select(. != null) | ., (.children[]? | all(.));
  def holds($class): [all(.id) | select(.type == "osd" and ($class == null or .device_class == $class))] != [];
  $map.pools[] | . as $pool
  | ([$rules[] | select(.rule_id == ($pool.crush_rule // $pool.crush_ruleset))] | .[0]) as $rule
  | [$rule.steps[]? | select(.op | startswith("choose"))] as $choices
  | select(($choices | length) < 2)
  | ($choices[0].type // "host") as $kind
  | ([$rule.steps[]? | select(.op == "take") | .item_name] | .[0] // "") as $take
  | ($take | split("~")) as $words
  | ([$tree.nodes[] | select(if $take == "" then .type == "root" else .name == $words[0] end)] | .[0]) as $root
  | select($root != null)
  | ([all($root.id) | select(.type == $kind and holds($words[1]))] | unique | length) as $places
  | select($places > 0 and .size > $places)
  | "\(.pool_name)\t\(.size)\t\($places)\t\($kind)\t\(.type // 1)"'

# pools_too_large: as $POOLS.
pools_too_large() {
  ask_cluster
  POOLS=$(printf '%s\n' "$TOLD" | jq -s -r "$POOL_SIZE_PROGRAM") || not_understood
}

probe_pool_size() {
  pools_too_large
  tell_evidence "$(printf '%s' "$POOLS" | awk -F '\t' '{ printf "the pool %s wants %s copies, each on another %s, and OSDs are on %s of these\n", $1, $2, $4, $3 }')"
}

cure_pool_size() {
  pools_too_large
  while IFS='	' read -r cs_name cs_size cs_places cs_kind cs_type; do
    [ -n "$cs_name" ] || continue
    if [ "$cs_type" != 1 ]; then
      refuse "the pool $cs_name is erasure coded: its $cs_size pieces cannot be made fewer. Add a $cs_kind with OSDs, or make another pool."
    elif [ "$cs_places" -lt 2 ]; then
      refuse "with one $cs_kind there would be one copy of $cs_name, and its data would be lost with the disk. Add a $cs_kind with OSDs; or, if that is wanted, say poolSize: 1 in the inventory, size: 1 for the pool, and run: provision stage ceph"
    else
      # As playbooks/ceph/pool-size.ts has it.
      cs_least=1
      [ "$cs_places" -lt 3 ] || cs_least=2
      cs_set="ceph --connect-timeout 10 osd pool set $(quoted "$cs_name")"
      propose "$cs_places instead of $cs_size copies in the pool $cs_name" "$cs_set size $cs_places && $cs_set min_size $cs_least"
    fi
  done <<POOLS
$POOLS
POOLS
}

# ---- cephfs-no-mds ----

# One that the monitors no longer hear of keeps its state, and is laggy.
# shellcheck disable=SC2016 # jq's own variables
MDS_PROGRAM='
  def serves: (.state | startswith("up:")) and .state != "up:standby-replay" and (has("laggy_since") | not);
  objects
  | (.filesystems[]? | .mdsmap | select([.info[]? | select(serves)] == [])
   | "no metadata server serves the file system \(.fs_name)\([.info[]? | "; mds.\(.name) is \(.state)" + (if has("laggy_since") then ", and is not heard of" else "" end)] | add // "")"),
  (select(.filesystems == [] and (.standbys | length) > 0)
   | "\([.standbys[] | "mds.\(.name)"] | join(", ")) may serve a file system, and there is none")'

probe_mds() {
  ask_cluster
  pm_found=$(printf '%s\n' "$TOLD" | jq -r "$MDS_PROGRAM") || not_understood
  tell_evidence "$pm_found"
}

# ---- ceph-admin-keyring ----

# probe_admin_key KEYRING: everybody on the host may read it. A group may, where the inventory names one.
probe_admin_key() {
  [ -e "$1" ] || return 0
  case $(stat -L -c %a "$1") in
    *0) ;;
    *) differs "everybody may read $1: $(stat -L -c '%A %U:%G' "$1")" ;;
  esac
}

# cure_admin_key KEYRING: the group of operators keeps what it has; root's own group needs nothing.
cure_admin_key() {
  ! probe_admin_key "$1" >/dev/null || return 0
  case $(stat -L -c %G "$1") in
    root) propose "root alone may read $1" "chmod 0600 $(quoted "$1")" ;;
    *) propose "$(stat -L -c 'user %U and group %G' "$1") alone may read $1" "chmod o-rwx $(quoted "$1")" ;;
  esac
}

# ---- ceph-cli-hangs ----

# stopped_monitors MONS [NAME]: monitors of this host that were made and do not run, "NAME DAEMON" each. One that does not start
# with the host was taken away, unless it is NAME, the one of the inventory. MONS is where their data is.
stopped_monitors() {
  for sm_folder in "$1"/ceph-*; do
    sm_name=${sm_folder##*/ceph-}
    [ -s "$sm_folder/keyring" ] && [ -e "$sm_folder/store.db" ] || continue
    [ "$sm_name" = "${2-}" ] || is_enabled mon "$sm_name" || continue
    daemon_state mon "$sm_name"
    [ "$DAEMON" = active ] || printf '%s %s\n' "$sm_name" "$DAEMON"
  done
}

# probe_monitors CONF KEYRING MONS [NAME]
probe_monitors() {
  have ceph && [ -s "$1" ] || return 0
  pm_stopped=$(stopped_monitors "$3" "${4-}")
  if [ -n "$pm_stopped" ]; then
    ! program_is_damaged ceph-mon || return 0
    tell_evidence "$(printf '%s\n' "$pm_stopped" | sed 's/\([^ ]*\) \(.*\)/mon.\1 of this host does not run: it is \2/')"
    return
  fi
  [ ! -r "$2" ] || monitors_answer
}

# monitors_answer: for as long as they may need. A key that is refused, and a library that is damaged, are other pitfalls.
monitors_answer() {
  ma_told=$(osds_told)
  ! is_answer "$ma_told" || return 0
  ! is_silence "$ma_told" || differs "no monitor answered within 15 s: ${WHY:-nothing was said}" || return 1
  case $WHY in
    *'shared libraries'*) ;;
    *) cannot "the monitors were asked: $WHY" ;;
  esac
}

# cure_monitors MONS [NAME]
cure_monitors() {
  stopped_monitors "$@" | while read -r cm_name cm_state; do
    propose "start mon.$cm_name, which is $cm_state" "$(start_command mon "$cm_name")"
  done
}

# ---- ceph-libicu ----

# damaged NAME...: what those programs that do not start say of the library that is damaged.
damaged() {
  for da_name in "$@"; do
    have "$da_name" || continue
    da_told=$(timeout 20 "$da_name" --version 2>&1)
    case $da_told in
      *'error while loading shared libraries'*) printf '%s\n' "$da_told" | grep 'error while loading shared libraries' | sed -n 1p ;;
    esac
  done
}

probe_programs() {
  tell_evidence "$(damaged "$@")"
}

# package_of LIBRARY: the package that brought it. Since /lib is a link to /usr/lib, dpkg may know it by another path.
package_of() {
  case $1 in
    /*) set -- "$1" "/usr$1" "${1#/usr}" "$(readlink -f "$1")" ;;
    *) set -- "*/$1" ;;
  esac
  for pk_path in "$@"; do
    pk_name=$(dpkg-query -S "$pk_path" 2>/dev/null | grep -v '^diversion ' | sed -n '1s/[,:]* \/.*//p' | sed 's/,.*//')
    [ -z "$pk_name" ] || break
  done
  printf '%s\n' "$pk_name"
}

# cure_programs NAME...
cure_programs() {
  damaged "$@" | sed -n 's/.*error while loading shared libraries: \([^ :]*\): .*/\1/p' | sort -u | while IFS= read -r cp_library; do
    cp_package=$(package_of "$cp_library")
    if [ -n "$cp_package" ]; then
      propose "install $cp_package anew, which brought $cp_library" "DEBIAN_FRONTEND=noninteractive apt-get install --reinstall -y $(quoted "$cp_package")"
    else
      refuse "no package has brought $cp_library: look where it comes from (ldd \$(command -v rbd)), and bring it back from there."
    fi
  done
}
