# shellcheck shell=sh
# An RBD image. Needs ask.sh.

# The words of an image: POOL, NAME, BYTES, ALLOWED (JSON list of features that every kernel which maps it supports; null:
# no kernel does), WANTED (JSON list of those that the inventory says; null: it says none), ORDER (JSON list: how features
# are disabled).
# shellcheck disable=SC2016 # jq's own variables
IMAGE_PROGRAM='
  "\($pool)/\($name)" as $image
  | (if $allowed == null then [] else .features - $allowed - ["striping"] end) as $extra
  | ($order - ($order - $extra)) as $removable
  | (if .size == $bytes then empty
     else "note: the image \($image) has \(.size) bytes, not the \($bytes) of the inventory; it was left as it is. To change it: rbd resize --image \($image) --size \($bytes)B (a smaller size needs --allow-shrink, and loses what lies beyond it)"
     end),
    (if $extra == [] then empty
     elif ($extra - $removable) == [] then "note: not every host that may map \($image) has a kernel that supports \($extra | join(", ")) (pitfall rbd-features). Nothing was done about it. While nobody uses the image: rbd feature disable \($image) \($removable | join(" "))"
     else "note: not every host that may map \($image) has a kernel that supports \($extra | join(", ")) (pitfall rbd-features), and \($extra - $removable | join(", ")) cannot be taken away from an image: copy it to a new one"
     end),
    (if $wanted == null or ($wanted - .features) == [] then empty
     else "note: the image \($image) lacks \($wanted - .features | join(", ")); it was left as it is. While nobody uses it: rbd feature enable \($image) \($wanted - .features | join(" "))"
     end)'

# judge_image POOL NAME BYTES ALLOWED WANTED ORDER: by what `rbd info` said, in $ANSWER.
judge_image() {
  judge "$IMAGE_PROGRAM" --arg pool "$1" --arg name "$2" --argjson bytes "$3" --argjson allowed "$4" \
    --argjson wanted "$5" --argjson order "$6"
}

# ask_image POOL NAME: what is known of it as $ANSWER.
# shellcheck disable=SC2034 # judge reads it
ask_image() {
  can_ask || return 1
  { ANSWER=$(timeout -k 5 40 rbd --client_mount_timeout 10 --rados_osd_op_timeout 20 info --format json "$1/$2" 2>&3); } 3>&1 && return 0
  differs "there is no image $1/$2, or the cluster does not tell of it"
}

check_image() {
  ask_image "$1" "$2" && judge_image "$@"
}

# apply_image POOL NAME SIZE FEATURE...: no feature leaves it to the cluster.
apply_image() {
  ! ask_image "$1" "$2" >/dev/null || return 0
  ai_image=$1/$2 ai_size=$3
  shift 3
  for ai_feature in "$@"; do
    shift
    set -- "$@" --image-feature "$ai_feature"
  done
  run_rbd create "$ai_image" --size "$ai_size" "$@"
}
