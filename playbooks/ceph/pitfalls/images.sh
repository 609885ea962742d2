# shellcheck shell=sh
# The images that Kubernetes was told of. Needs volumes.sh and features.sh.

# run_rbd WORDS...: without these limits it waits for ever for placement groups that nobody serves.
run_rbd() {
  timeout -k 5 20 rbd --client_mount_timeout 10 --rados_osd_op_timeout 10 "$@"
}

# monitor_addresses CONF: those of this cluster, one after the other.
monitor_addresses() {
  sed -n 's/^[[:space:]]*mon[ _-]host[[:space:]]*=//p' "$1" | grep -oE '[0-9]+(\.[0-9]+){3}' | sort -u | tr '\n' ' '
}

# NAME, POOL, IMAGE, MiB, CLAIM of each volume that is an image of this cluster; "-" for what there is not. A volume whose monitors
# are all others, by their addresses, is of another cluster.
# shellcheck disable=SC2016 # jq's own variables
VOLUMES_PROGRAM='
  def factor: {"": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, Ki: 1024, Mi: 1048576, Gi: 1073741824, Ti: 1099511627776, Pi: 1125899906842624}[.] // 0;
  def mib: [capture("^(?<number>[0-9.]+)(?<unit>[A-Za-z]*)$") | (.number | tonumber) * (.unit | factor) / 1048576 | ceil] | .[0] // 0;
  ($monitors | split(" ") | map(select(. != ""))) as $own
  | .items[] | select(.kind == "PersistentVolume" and .spec.rbd)
  | select([.spec.rbd.monitors[]? | sub(":[0-9]+$"; "")] as $theirs
      | $own == [] or $theirs == [] or ($theirs | any(test("^[0-9.]+$") | not)) or ($theirs - ($theirs - $own)) != [])
  | [.metadata.name, .spec.rbd.pool // "rbd", .spec.rbd.image, (.spec.capacity.storage // "" | mib | tostring),
     (.spec.claimRef | if . then "\(.namespace)/\(.name)" else "-" end)] | join("\t")'

# read_volumes KIND,... CONF: as $PICKED; of these kinds of objects, volumes among them, as $OBJECTS.
read_volumes() {
  objects "$1"
  picked "$VOLUMES_PROGRAM" --arg monitors "$(monitor_addresses "$2")"
}

# each_volume FUNCTION: FUNCTION VOLUME POOL IMAGE MIB CLAIM for each of $PICKED.
each_volume() {
  while IFS=$TAB read -r ev_volume ev_pool ev_image ev_mib ev_claim; do
    [ -z "$ev_volume" ] || "$1" "$ev_volume" "$ev_pool" "$ev_image" "$ev_mib" "$ev_claim" </dev/null
  done <<VOLUMES
$PICKED
VOLUMES
}

# image_words POOL IMAGE: as a word of a command.
image_word() {
  quoted "$1/$2"
}

# ---- rbd-image-missing ----

# list_pool POOL: the images of a pool as $LISTED, one a line, asked for once; fails when there is no such pool.
list_pool() {
  if [ "${LISTED_POOL-}" != "$1" ]; then
    LISTED_POOL=$1 LISTED_STATUS=0
    LISTED=$(run_rbd ls "$1" 2>&1) || LISTED_STATUS=1
    case $LISTED_STATUS$LISTED in
      0* | *'(2) No such file or directory'*) ;;
      *) cannot "rbd ls $1: $(printf '%s\n' "$LISTED" | tail -n 1)" ;;
    esac
  fi
  return "$LISTED_STATUS"
}

# tell_missing VOLUME POOL IMAGE MIB CLAIM: sets $FOUND_STATUS.
tell_missing() {
  if ! list_pool "$2"; then
    differs "the volume $1 names the image $2/$3, and there is no pool $2" || FOUND_STATUS=1
  elif ! printf '%s\n' "$LISTED" | grep -qxF -e "$3"; then
    differs "the volume $1 names the image $2/$3, which does not exist" || FOUND_STATUS=1
  fi
}

# probe_missing_images CONF
probe_missing_images() {
  read_volumes persistentvolumes "$1"
  PICKED=$(printf '%s\n' "$PICKED" | sort -t "$TAB" -k 2,2)
  FOUND_STATUS=0
  each_volume tell_missing
  return "$FOUND_STATUS"
}

# make_missing VOLUME POOL IMAGE MIB CLAIM: as large as the volume says, with the features that ceph.conf gives to new images.
make_missing() {
  if ! list_pool "$2"; then
    refuse "there is no pool $2: add it to ceph.pools of the inventory, with the image $3 in ceph.images, and run: provision stage ceph"
  elif printf '%s\n' "$LISTED" | grep -qxF -e "$3"; then
    return 0
  elif run_rbd trash ls "$2" 2>/dev/null | awk -v name="$3" '{ $1 = ""; sub(/^ /, "") } $0 == name { found = 1 } END { exit !found }'; then
    refuse "the image $3 is in the trash of the pool $2, with its data: rbd trash ls $2, then rbd trash restore $2/ID"
  elif [ "$4" = 0 ]; then
    refuse "the volume $1 does not say how large its image $2/$3 is to be: rbd create $(image_word "$2" "$3") --size SIZE"
  else
    propose "make the image $2/$3 for the volume $1, of $4 MiB and empty" "rbd create $(image_word "$2" "$3") --size $4"
  fi
}

# cure_missing_images CONF
cure_missing_images() {
  read_volumes persistentvolumes "$1"
  PICKED=$(printf '%s\n' "$PICKED" | sort -t "$TAB" -k 2,2)
  each_volume make_missing
}

# ---- rbd-image-locked ----

# The objects of Kubernetes, `rbd lock list` and `rbd status`, one after the other. Of each lock: "free", "held" or "unclear", ID,
# LOCKER, and a sentence. Whoever takes a lock by a command is gone at once, and the kernel watches the image as another client of
# the same host: so it is the address that counts, without port and nonce. Locks called "auto" are those of the feature
# exclusive-lock: the next client breaks them by itself. Releases write lists of locks and of watchers in two ways.
# shellcheck disable=SC2016 # jq's own variables
LOCK_PROGRAM='
  def host: sub("^(v1|v2|any):"; "") | sub(":[0-9]+/[0-9]+$"; "");
  def name: "the pod \(.metadata.namespace)/\(.metadata.name)";
  def listed: map(name) | join(", ");
  .[0].items as $objects
  | (.[1] | if type == "array" then . else (. // {} | to_entries | map({id: .key} + .value)) end) as $locks
  | [.[2] | .. | objects | .address? // empty | host] as $watchers
  | [$objects[] | select(.kind == "Pod" and .status.phase != "Succeeded" and .status.phase != "Failed") | . as $pod
     | select([.spec.volumes[]? | .persistentVolumeClaim.claimName? | select(.) | "\($pod.metadata.namespace)/\(.)"] | index([$claim]))] as $pods
  | $locks[] | select(.id | startswith("auto ") | not) | . as $lock | (.address | host) as $address
  | ([$objects[] | select(.kind == "Node") | select([.status.addresses[]?.address] | index([$address])) | .metadata.name]
     + [$objects[] | select(.kind == "Node") | .metadata.name | select(. == ($lock.id | ltrimstr("kubelet_lock_magic_")))] | .[0]) as $node
  | [$pods[] | select((.spec.nodeName != null and .spec.nodeName == $node) or .status.hostIP == $address)] as $there
  | [($pods - $there)[] | select(.spec.nodeName != null and .status.phase == "Pending")] as $waiting
  | ($watchers | index([$address]) != null) as $watched
  | ($there | any(.metadata.deletionTimestamp == null and .metadata.ownerReferences[0].kind == "ReplicaSet")) as $rollout
  | "\($image) is locked by \(.locker) of \(.address) (\(.id))" as $text
  | (if $waiting == [] then "" else "; \($waiting | listed) waits for it" end) as $wait
  | if ($watched or $there != []) | not then
      if $node == null and ($pods | any(.status.phase == "Running")) then
        "unclear\t\(.id)\t\(.locker)\t\($text), which does not watch it and is no node; \([$pods[] | select(.status.phase == "Running")] | listed) uses it"
      else "free\t\(.id)\t\(.locker)\t\($text), which does not watch it\($wait)" end
    elif $waiting != [] and ($rollout | not) then
      "held\t\(.id)\t\(.locker)\t\($text), where \(if $there == [] then "a client watches it" else "\($there | listed) uses it" end)\($wait)"
    else empty end'

# locked_images POOL: names of the images that have a lock, as $LOCKED, asked for once.
locked_images() {
  [ "${LOCKED_POOL-}" != "$1" ] || return 0
  LOCKED_POOL=$1
  if li_told=$(run_rbd ls -l "$1" --format json 2>/dev/null); then
    LOCKED=$(printf '%s\n' "$li_told" | jq -r '.[] | select(.lock_type and (has("snapshot") | not)) | .image') || not_understood
  else
    # One that is not there is rbd-image-missing.
    LOCKED=
    list_pool "$1" || return 0
    cannot "rbd ls -l $1 did not answer"
  fi
}

# image_locks VOLUME POOL IMAGE MIB CLAIM: what LOCK_PROGRAM says, as $LOCKS; empty where the image has no lock.
image_locks() {
  LOCKS=
  locked_images "$2"
  printf '%s\n' "$LOCKED" | grep -qxF -e "$3" || return 0
  [ -n "${USERS-}" ] || USERS=$(objects pods,nodes && printf %s "$OBJECTS") || cannot "$USERS"
  il_locks=$(run_rbd lock list "$2/$3" --format json 2>/dev/null) && il_status=$(run_rbd status "$2/$3" --format json 2>/dev/null) ||
    cannot "rbd does not tell the locks of $2/$3"
  LOCKS=$(printf '%s\n%s\n%s\n' "$USERS" "$il_locks" "$il_status" | jq -s -r --arg image "$2/$3" --arg claim "$5" "$LOCK_PROGRAM") || not_understood
}

# tell_locks VOLUME POOL IMAGE MIB CLAIM: sets $FOUND_STATUS.
tell_locks() {
  image_locks "$@"
  tell_evidence "$(printf '%s' "$LOCKS" | awk -F '\t' '{ print $4 }')" || FOUND_STATUS=1
}

# probe_locked_images CONF
probe_locked_images() {
  read_volumes persistentvolumes "$1"
  FOUND_STATUS=0
  each_volume tell_locks
  return "$FOUND_STATUS"
}

# free_locks VOLUME POOL IMAGE MIB CLAIM
free_locks() {
  image_locks "$@"
  while IFS=$TAB read -r fl_state fl_id fl_locker fl_text; do
    case $fl_state in
      free) propose "take the lock $fl_id of $fl_locker from $2/$3" "rbd lock remove $(image_word "$2" "$3") $(quoted "$fl_id") $(quoted "$fl_locker")" ;;
      held) refuse "$fl_text. Two hosts that write it destroy its file system: end what uses it there first, and make sure that its host no longer runs it." ;;
      unclear) refuse "$fl_text. Find out which host has that address and whether it still uses the image, before its lock is taken away." ;;
    esac
  done <<LOCKS
$LOCKS
LOCKS
}

# cure_locked_images CONF
cure_locked_images() {
  read_volumes persistentvolumes "$1"
  each_volume free_locks
}

# ---- rbd-features ----

# oldest_kernel: of the nodes in $OBJECTS.
oldest_kernel() {
  printf '%s\n' "$OBJECTS" | jq -r '.items[] | select(.kind == "Node") | .status.nodeInfo.kernelVersion // empty' |
    sed 's/^\([0-9]*\.[0-9]*\).*/\1/' | sort -t . -k 1,1n -k 2,2n | sed -n 1p
}

# unmappable POOL IMAGE: features of the image that the oldest kernel cannot map, as $EXTRA, in the order in which they can be taken
# from an image; $STUCK are those that cannot.
unmappable() {
  EXTRA='' STUCK=''
  un_told=$(run_rbd info "$1/$2" --format json 2>/dev/null) || return 0
  un_features=$(printf '%s\n' "$un_told" | jq -r '.features[]?')
  un_mappable=$(mappable "$KERNEL")
  for un_name in journaling fast-diff object-map exclusive-lock deep-flatten $un_features; do
    printf '%s\n' "$un_features" | grep -qxF -e "$un_name" || continue
    un_bit=$(feature_bit "$un_name")
    [ $((un_bit & ~un_mappable)) -ne 0 ] || continue
    case " $EXTRA " in
      *" $un_name "*) continue ;;
    esac
    case $un_name in
      journaling | fast-diff | object-map | exclusive-lock | deep-flatten) EXTRA="${EXTRA:+$EXTRA }$un_name" ;;
      *) STUCK="${STUCK:+$STUCK }$un_name" ;;
    esac
  done
}

# read_features CONF: the volumes as $PICKED, and the oldest kernel as $KERNEL; fails when there is nothing to be mapped.
read_features() {
  read_volumes persistentvolumes "$1"
  [ -n "$PICKED" ] || return 1
  objects nodes
  KERNEL=$(oldest_kernel)
  [ -n "$KERNEL" ]
}

# tell_features VOLUME POOL IMAGE MIB CLAIM
tell_features() {
  unmappable "$2" "$3"
  [ -z "$EXTRA$STUCK" ] ||
    printf '%s has the features %s, which the kernel %s does not map\n' "$2/$3" "${EXTRA}${EXTRA:+${STUCK:+ }}$STUCK" "$KERNEL"
}

# probe_features CONF: of all volumes at once, as each takes a tenth of a second and more.
probe_features() {
  read_features "$1" || return 0
  tell_evidence "$(
    while IFS=$TAB read -r pf_volume pf_pool pf_image pf_rest; do
      tell_features "$pf_volume" "$pf_pool" "$pf_image" "$pf_rest" </dev/null &
    done <<VOLUMES
$(printf '%s\n' "$PICKED" | head -n 50)
VOLUMES
    wait
  )"
}

# disable_features VOLUME POOL IMAGE MIB CLAIM: not while somebody uses the image.
disable_features() {
  unmappable "$2" "$3"
  if [ -n "$STUCK" ]; then
    refuse "$STUCK cannot be taken from $2/$3: copy the image to a new one (rbd cp), which gets what ceph.conf says."
  elif [ -n "$EXTRA" ]; then
    df_watchers=$(run_rbd status "$2/$3" --format json 2>/dev/null | jq -r '[.. | objects | .address? // empty] | join(", ")') || not_understood
    if [ -n "$df_watchers" ]; then
      refuse "$2/$3 is in use by $df_watchers: end what uses it first."
    else
      propose "take $EXTRA from $2/$3" "rbd feature disable $(image_word "$2" "$3") $EXTRA"
    fi
  fi
}

# cure_features CONF
cure_features() {
  ! read_features "$1" || each_volume disable_features
}
