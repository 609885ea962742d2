# shellcheck shell=sh
# What Kubernetes was told of Ceph. Needs common.sh, and kube of ../../kubernetes/kubectl.sh; the words of a finding are
# separated by tabs.

TAB=$(printf '\t')

# What is in a list of the API does not say of what kind it is; the list does.
# shellcheck disable=SC2016 # jq's own variables
KIND_PROGRAM='(.kind // "" | rtrimstr("List")) as $kind | {items: [.items[]? | {kind: $kind} + .]}'
NO_OBJECTS='{"items":[]}'

# fetched KIND: a list of the API.
fetched() {
  fe_list=$(kube_text "/api/v1/$1") && printf '%s\n' "$fe_list" | jq -c "$KIND_PROGRAM"
}

# object_list KIND: of all namespaces, as JSON. Doctor has asked once for the volumes, as $VOLUME_OBJECTS. The group of deployments changes from
# version to version.
object_list() {
  case $1 in
    persistentvolumes) known VOLUME_OBJECTS fetched persistentvolumes ;;
    deployments) kube get deployments --all-namespaces -o json ;;
    *) fetched "$1" ;;
  esac
}

# objects KIND,...: of all namespaces, as $OBJECTS. Each kind is a question of its own: for several at once kubectl learns about each object
# anew, which takes seconds (3.6 s for two, seen with 1.20).
objects() {
  OBJECTS=
  for ob_kind in $(printf %s "$1" | tr , ' '); do
    ob_list=$(object_list "$ob_kind" 2>/dev/null) || cannot "the API server does not tell its $ob_kind, or it could not be understood (is jq 1.5 or newer?)"
    OBJECTS="$OBJECTS$ob_list"
  done
  case $1 in
    *,*) OBJECTS=$(printf %s "$OBJECTS" | jq -s '{items: map(.items) | add}') || cannot "what the API server answered could not be understood; is jq 1.5 or newer?" ;;
  esac
}

# picked PROGRAM JQ-OPTIONS...: what it makes of $OBJECTS, as $PICKED.
picked() {
  PICKED=
  [ "$OBJECTS" != "$NO_OBJECTS" ] || return 0
  pi_program=$1
  shift
  PICKED=$(printf '%s\n' "$OBJECTS" | jq -r "$@" "$pi_program") || cannot "what the API server answered could not be understood; is jq 1.5 or newer?"
}

# told FORMAT: the lines of $PICKED as evidence; FORMAT is awk's, of all their words.
told() {
  tell_evidence "$(printf '%s' "$PICKED" | awk -F '\t' -v format="$1\n" '{ printf format, $1, $2, $3, $4 }')"
}

# kubectl_command WORDS...: the beginning of a command, and these words.
kubectl_command() {
  printf 'kubectl --kubeconfig=%s --request-timeout=20s' "$ADMIN_CONF"
  for kc_word in "$@"; do
    printf ' %s' "$(quoted "$kc_word")"
  done
}

# ---- rbd-pv-recycle ----

RECYCLE_PROGRAM='.items[] | select((.spec.rbd or .spec.csi.driver == "rbd.csi.ceph.com") and .spec.persistentVolumeReclaimPolicy == "Recycle") | .metadata.name'

probe_recycle() {
  objects persistentvolumes
  picked "$RECYCLE_PROGRAM"
  told 'the volume %s has the policy Recycle'
}

cure_recycle() {
  objects persistentvolumes
  picked "$RECYCLE_PROGRAM"
  while IFS= read -r cr_name; do
    [ -z "$cr_name" ] || propose "the volume $cr_name keeps its image" "$(kubectl_command patch persistentvolume "$cr_name" -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}')"
  done <<NAMES
$PICKED
NAMES
}

# ---- ceph-k8s-admin-user ----

probe_admin_user() {
  objects persistentvolumes
  picked '.items[] | select((.spec.rbd and (.spec.rbd.user // "admin") == "admin") or (.spec.cephfs and (.spec.cephfs.user // "admin") == "admin")) | .metadata.name'
  told 'the volume %s uses client.admin'
}

# ---- rbd-rwo-deployment ----

# Deployments that start the new pod before the old one has let go of a volume for one node. Where none may be started beside
# those that there are, the old one ends first.
# shellcheck disable=SC2016 # jq's own variables
RWO_PROGRAM='
  [.items[] | select(.kind == "PersistentVolume") | select(.spec.rbd or .spec.csi.driver == "rbd.csi.ceph.com")
    | select(.spec.accessModes | index("ReadWriteOnce")) | .spec.claimRef | select(.) | "\(.namespace)/\(.name)"] as $claims
  | .items[] | select(.kind == "Deployment" and .spec.strategy.type != "Recreate")
  | select((.spec.strategy.rollingUpdate.maxSurge | tostring | . == "0" or . == "0%") | not) | . as $deployment
  | [.spec.template.spec.volumes[]? | .persistentVolumeClaim.claimName? | select(.) | "\($deployment.metadata.namespace)/\(.)"
     | . as $claim | select($claims | index([$claim]))] | select(. != [])
  | "\($deployment.metadata.namespace)\t\($deployment.metadata.name)\t\(join(", "))"'

# rwo_deployments: as $PICKED.
rwo_deployments() {
  objects persistentvolumes
  picked '.items[] | select((.spec.rbd or .spec.csi.driver == "rbd.csi.ceph.com") and .spec.claimRef) | .metadata.name'
  [ -n "$PICKED" ] || return 0
  objects persistentvolumes,deployments
  picked "$RWO_PROGRAM"
}

probe_rwo_deployments() {
  rwo_deployments
  told 'the deployment %s/%s replaces pods one by one and uses the claim %s'
}

cure_rwo_deployments() {
  rwo_deployments
  while IFS=$TAB read -r rd_namespace rd_name rd_claims; do
    [ -n "$rd_name" ] || continue
    propose "the deployment $rd_namespace/$rd_name ends the old pod first, for $rd_claims" \
      "$(kubectl_command -n "$rd_namespace" patch deployment "$rd_name" -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}')"
  done <<DEPLOYMENTS
$PICKED
DEPLOYMENTS
}

# ---- ceph-secret-newline ----

# A key of Ceph has 40 characters, begins with AQ and ends with ==. So what its base64 is, and with one or two more bytes at its
# end (a newline, two, or a carriage return before it), can be told without decoding it.
KEY_PATTERN='QVF[A-Za-z0-9+/]{49}PQ(o=|oK|0K)'

# The types that are left out are many and large, and hold no such key.
SECRETS='/api/v1/secrets?fieldSelector=type!%3Dkubernetes.io/service-account-token,type!%3Dhelm.sh/release.v1,type!%3Dkubernetes.io/tls'

# key_secrets: as $PICKED. Most clusters have none, which is seen in the text.
key_secrets() {
  OBJECTS=$(kube_text "$SECRETS" 2>/dev/null) || cannot 'the API server does not tell its secrets'
  PICKED=
  printf '%s\n' "$OBJECTS" | grep -q -E -e "\"$KEY_PATTERN\"" || return 0
  # shellcheck disable=SC2016 # jq's own variables
  picked '.items[] | .metadata as $secret | .immutable as $fixed
    | [.data // {} | to_entries[] | select(.value | type == "string" and test("^\($pattern)$")) | .key] | select(. != [])
    | "\($secret.namespace)\t\($secret.name)\t\(join(", "))\t\(if $fixed == true then "immutable" else "" end)"' --arg pattern "$KEY_PATTERN"
  OBJECTS=
}

probe_secrets() {
  key_secrets
  tell_evidence "$(printf '%s' "$PICKED" | awk -F '\t' '{ printf "%s of the secret %s/%s ends with a newline\n", $3, $1, $2 }')"
}

# cure_secrets: the key goes from the one program to the other, and stands in no argument.
cure_secrets() {
  key_secrets
  # shellcheck disable=SC2016 # jq's own variables
  cs_program=".data |= with_entries(if (.value | test(\"^$KEY_PATTERN$\")) then .value |= sub(\"PQ(o=|oK|0K)\$\"; \"PQ==\") else . end)"
  while IFS=$TAB read -r cs_namespace cs_name cs_keys cs_fixed; do
    [ -n "$cs_name" ] || continue
    if [ -n "$cs_fixed" ]; then
      refuse "the secret $cs_namespace/$cs_name is immutable: delete it and make it anew, without a newline at the end of $cs_keys."
    else
      propose "$cs_keys of the secret $cs_namespace/$cs_name ends where the key does" \
        "$(kubectl_command -n "$cs_namespace" get secret "$cs_name" -o json) | jq $(quoted "$cs_program") | $(kubectl_command replace -f -)"
    fi
  done <<SECRETS
$PICKED
SECRETS
}
