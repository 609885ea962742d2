# shellcheck shell=sh
# Where an OSD is in the crush tree: below its host, under the name that the host has now. One that was started while the host
# had another name stays below that one, and the cluster takes it for a host more. Needs make.sh.

# osd_answer: what tells about all OSDs, in one call, as it takes half a second to begin one.
osd_answer() {
  oa_told=$(printf '%s\n' 'osd dump' 'osd tree' | bootstrap_ceph -f json 2>&1) || differs "$oa_told" || return
  # Warnings come before it.
  case $oa_told in
    *'{'*) printf '%s\n' "$oa_told" | sed -n '/^{/p' ;;
    *) differs "$oa_told" ;;
  esac
}

# What the answer on standard input tells of an OSD: "ID UP IN", then its weight and the buckets above it ("host=node1
# root=default"), the nearest first. Nothing when the cluster does not know it; fails when there is no map.
# shellcheck disable=SC2016 # jq's own variables
OSD_PROGRAM='
  def one(key): map(select(type == "object" and has(key))) | .[0];
  (one("osds") // error("no map")) as $map
  | ((one("nodes") // {}) | .nodes // []) as $nodes
  | def above($id): $nodes[] | select((.children // []) | any(.[]; . == $id)) | "\(.type)=\(.name)", above(.id);
  $map.osds[] | select(.uuid == $uuid) | .osd as $id
  | [$id, .up, .in, ($nodes[] | select(.id == $id) | .crush_weight), above($id)] | map(tostring) | join(" ")'

# told_osd UUID
told_osd() {
  jq -s -r --arg uuid "$1" "$OSD_PROGRAM"
}

# crush_host PLACE...: the host among the buckets, as $CRUSH_HOST; empty when there is none.
crush_host() {
  CRUSH_HOST=
  for ch_bucket in "$@"; do
    case $ch_bucket in
      host=*) CRUSH_HOST=${ch_bucket#host=} ;;
    esac
  done
}

# own_name: as OSDs call their host.
own_name() {
  on_name=$(uname -n)
  printf '%s\n' "${on_name%%.*}"
}

# place_is_chosen ID: did somebody choose where it is in the tree? By ceph.conf, or by what its daemon was told otherwise.
place_is_chosen() {
  pc_told=$(timeout 10 ceph --admin-daemon "/var/run/ceph/ceph-osd.$1.asok" config show 2>/dev/null |
    jq -r 'to_entries[] | "\(.key)=\(.value)"' 2>/dev/null)
  for pc_key in osd_crush_update_on_start crush_location osd_crush_location crush_location_hook osd_crush_location_hook; do
    pc_value=$(ceph-conf -c /etc/ceph/ceph.conf -n "osd.$1" --lookup "$pc_key" 2>/dev/null)
    chosen_by "$pc_key" "$pc_value" && return 0
    chosen_by "$pc_key" "$(printf '%s\n' "$pc_told" | sed -n "s/^$pc_key=//p")" && return 0
  done
  return 1
}

# chosen_by KEY VALUE: as $CHOSEN.
chosen_by() {
  CHOSEN="$1 = $2"
  case $1=$2 in
    osd_crush_update_on_start=false | osd_crush_update_on_start=0 | osd_crush_update_on_start=no) return 0 ;;
    # Before luminous this program is the default, and tells the name of the host.
    osd_crush_update_on_start=* | *=/usr/bin/ceph-crush-location | *=) return 1 ;;
  esac
}

# check_place ID [WEIGHT BUCKET...]
check_place() {
  cp_id=$1
  shift
  crush_host "$@"
  [ -n "$CRUSH_HOST" ] || return 0
  cp_name=$(own_name)
  [ "$CRUSH_HOST" != "$cp_name" ] || return 0
  if place_is_chosen "$cp_id"; then
    printf 'note: osd.%s is below the host %s in the crush tree, and this host is %s: left there, as the place was chosen (%s)\n' \
      "$cp_id" "$CRUSH_HOST" "$cp_name" "$CHOSEN"
    return 0
  fi
  differs "osd.$cp_id is below the host $CRUSH_HOST in the crush tree, and this host is $cp_name: the cluster takes them for two hosts (pitfall hosts-name-mismatch)"
}

# move_osd ID WEIGHT BUCKET...: below this host; what is above the host stays. The weight is the one that it has. This is what
# the daemon itself asks for when it starts, so its own key is good for it; data begins to move, and no daemon stops.
move_osd() {
  mv_id=$1 mv_weight=$2
  shift 2
  crush_host "$@"
  mv_name=$(own_name)
  mv_place="host=$mv_name" mv_passed=no
  for mv_bucket in "$@"; do
    [ "$mv_passed" = no ] || mv_place="$mv_place $mv_bucket"
    [ "$mv_bucket" != "host=$CRUSH_HOST" ] || mv_passed=yes
  done
  # shellcheck disable=SC2086 # to be split
  own_ceph "$mv_id" osd crush create-or-move "osd.$mv_id" "$mv_weight" $mv_place || return 2
  # The last one takes the old name with it. The cluster refuses while there is another below it, or a rule that names it.
  own_ceph "$mv_id" osd crush remove "$CRUSH_HOST" >/dev/null 2>&1 || :
}

# own_ceph ID WORDS...: asks the cluster as this OSD.
own_ceph() {
  oc_id=$1
  shift
  ceph_as "osd.$oc_id" "/var/lib/ceph/osd/ceph-$oc_id/keyring" "$@"
}
