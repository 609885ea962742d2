# shellcheck shell=sh
# What Kubernetes was told of Ceph, on a host that may ask both: 0 well, 1 found, with what was seen. They only look.

# asks_kubernetes: nothing can be said elsewhere.
asks_kubernetes() {
  have kubectl && have jq && [ -r /etc/kubernetes/admin.conf ]
}

asks_images() {
  asks_kubernetes && have rbd && [ -r /etc/ceph/ceph.client.admin.keyring ]
}

# kubectl_list KIND: its objects in all namespaces. kubectl keeps what it has learned in a folder, which would be a change.
kubectl_list() {
  KUBECONFIG=/etc/kubernetes/admin.conf timeout -k 5 30 \
    kubectl --cache-dir=/dev/null --request-timeout=20s get "$1" --all-namespaces -o json 2>/dev/null
}

# rbd_command WORDS...
rbd_command() {
  timeout -k 5 30 rbd "$@" 2>&1
}

# found_in KIND FILTER: what the jq program FILTER says of the objects.
found_in() {
  asks_kubernetes || return 0
  fi_told=$(kubectl_list "$1") || return 0
  fi_found=$(printf %s "$fi_told" | jq -r "$2")
  [ -n "$fi_found" ] || return 0
  printf '%s\n' "$fi_found"
  return 1
}

# rbd_volumes: "VOLUME POOL/IMAGE" of each volume that is an image.
rbd_volumes() {
  rv_told=$(kubectl_list persistentvolumes) || return 0
  printf %s "$rv_told" | jq -r '.items[] | select(.spec.rbd) | "\(.metadata.name) \(.spec.rbd.pool // "rbd")/\(.spec.rbd.image)"'
}

# each_rbd_volume FUNCTION: FUNCTION VOLUME POOL/IMAGE for each; 1 when one of them gives that.
each_rbd_volume() {
  asks_images || return 0
  er_status=0
  er_volumes=$(rbd_volumes)
  while read -r er_name er_image; do
    [ -z "$er_name" ] || "$1" "$er_name" "$er_image" </dev/null || er_status=1
  done <<EOT
$er_volumes
EOT
  return "$er_status"
}

# image_exists VOLUME POOL/IMAGE
image_exists() {
  ie_told=$(rbd_command info "$2") && return 0
  case $ie_told in
    *'(2) No such file or directory'*) differs "the volume $1 names the image $2, which does not exist" ;;
  esac
}

# lock_is_live VOLUME POOL/IMAGE: who holds the lock also watches the image. Releases write both lists in two ways.
lock_is_live() {
  ll_locks=$(rbd_command lock list "$2" --format json) && ll_status=$(rbd_command status "$2" --format json) || return 0
  ll_found=$(printf '%s\n%s\n' "$ll_locks" "$ll_status" | jq -s -r --arg image "$2" '
    (.[0] | if type == "array" then . else (. // {} | to_entries | map({id: .key} + .value)) end) as $locks
    | [.[1] | .. | objects | .address? // empty] as $watchers
    | $locks[] | . as $lock | select($watchers | index($lock.address) | not)
    | "\($image) is locked by \(.locker) of \(.address) (\(.id)), which does not watch it"')
  [ -z "$ll_found" ] || differs "$ll_found"
}

# probe_rwo_deployments: a Deployment that starts the new pod before the old one has let go of a volume for one node.
probe_rwo_deployments() {
  asks_kubernetes || return 0
  rd_volumes=$(kubectl_list persistentvolumes) && rd_deployments=$(kubectl_list deployments) || return 0
  rd_found=$(printf '%s\n%s\n' "$rd_volumes" "$rd_deployments" | jq -s -r '
    [.[0].items[] | select(.spec.rbd or .spec.csi.driver == "rbd.csi.ceph.com")
      | select(.spec.accessModes | index("ReadWriteOnce"))
      | .spec.claimRef | select(.) | "\(.namespace)/\(.name)"] as $claims
    | .[1].items[] | select(.spec.strategy.type != "Recreate") | . as $deployment
    | .spec.template.spec.volumes[]? | .persistentVolumeClaim.claimName? // empty
    | "\($deployment.metadata.namespace)/\(.)" as $claim | select($claims | index($claim))
    | "the deployment \($deployment.metadata.namespace)/\($deployment.metadata.name) replaces pods one by one and uses the claim \($claim)"')
  [ -z "$rd_found" ] || differs "$rd_found"
}

# probe_secrets: keys of Ceph (they begin with AQ) that end with a newline.
probe_secrets() {
  asks_kubernetes || return 0
  pk_told=$(kubectl_list secrets) || return 0
  pk_keys=$(printf %s "$pk_told" | jq -r '
    .items[] | . as $secret | .data // {} | to_entries[] | select(.value | type == "string" and startswith("QVF"))
    | "\($secret.metadata.namespace)/\($secret.metadata.name) \(.key) \(.value)"')
  pk_status=0
  while read -r pk_secret pk_name pk_value; do
    [ -n "$pk_secret" ] || continue
    # A substitution drops the newline, so that nothing is left of a last byte that is one.
    [ -n "$(printf %s "$pk_value" | base64 -d | tail -c 1)" ] ||
      differs "$pk_name of the secret $pk_secret ends with a newline" || pk_status=1
  done <<EOT
$pk_keys
EOT
  return "$pk_status"
}
