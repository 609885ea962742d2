# shellcheck shell=sh
# Asking and telling the API server on a control plane, as the administrator. The task sets MANIFEST_NAME, MANIFEST_SUM,
# MANIFEST_OBJECTS and MANIFEST_ROLLOUTS, and the functions manifest_content and manifest_kinds.

MANIFEST_CONF=${MANIFEST_CONF:-/etc/kubernetes/admin.conf}
# shellcheck disable=SC2034 # for the other parts
MANIFEST_TAB=$(printf '\t')
# Who is written down in the objects as the owner of our fields.
MANIFEST_MANAGER=provision
# Where a kubectl that has no "diff" keeps what was applied.
# shellcheck disable=SC2034 # for the other parts
MANIFEST_MARK=provision.io/sha256

# manifest_begin: a private folder in memory as MANIFEST_HOME. kubectl keeps there what it discovered and what it compares;
# a look may not write to the host's disk, so it goes when the script ends.
manifest_begin() {
  mb_root=${PROVISION_RUN_ROOT:-/run/provision}
  MANIFEST_HOME=$(umask 077 && mkdir -p "$mb_root" && mktemp -d "$mb_root/kubectl.XXXXXX") ||
    cannot "No folder could be made in $mb_root, where kubectl keeps what it compares."
  trap 'rm -rf "$MANIFEST_HOME"' EXIT
  trap 'exit 143' HUP INT TERM PIPE
}

# manifest_kubectl SECONDS WORDS...: without limits kubectl waits for ever for an API server that does not answer.
manifest_kubectl() {
  mk_limit=$1
  shift
  timeout -k 5 "$mk_limit" env HOME="$MANIFEST_HOME" TMPDIR="$MANIFEST_HOME" KUBECONFIG="$MANIFEST_CONF" \
    kubectl --request-timeout=20s "$@"
}

# manifest_version: the minor version of kubectl as MANIFEST_MINOR. It is that of the control plane.
manifest_version() {
  have kubectl || return 1
  MANIFEST_MINOR=$(manifest_kubectl 20 version --client 2>/dev/null | sed -n 's/.*v1\.\([0-9]*\).*/\1/p' | head -n 1)
  [ -n "$MANIFEST_MINOR" ]
}

# manifest_reachable TEXT: is this what kubectl says of an API server that answers?
manifest_reachable() {
  case $1 in
    *'was refused'* | *'connection refused'* | *'Unable to connect to the server'* | *'i/o timeout'* | *'handshake timeout'* | *'no route to host'* | \
      *'Service Unavailable'* | *'ServiceUnavailable'* | *'connection reset by peer'* | *'unable to handle the request'* | \
      *'deadline exceeded'* | *'Client.Timeout'* | *'unexpected EOF'* | *': EOF'*) return 1 ;;
  esac
  return 0
}

# manifest_explain CODE TEXT: the sentences for what kubectl said when it failed.
manifest_explain() {
  if [ "$1" -eq 124 ]; then
    printf 'kubectl did not end in time. Is the API server of this host well? kubectl --kubeconfig=%s get --raw=/healthz\n' "$MANIFEST_CONF"
  elif ! manifest_reachable "$2"; then
    printf 'The API server did not answer kubectl on this host. Look at its container and at: journalctl -u kubelet -n 50\n'
  else
    case $2 in
      *'Apply failed with '*' conflict'*)
        # shellcheck disable=SC2153 # set by the task
        printf 'Someone else has set fields of %s to other values, as listed above, and nothing is taken from them. Either have them give the fields up, or take these over by hand, once: kubectl apply --server-side --force-conflicts --field-manager=%s -f FILE\n' \
          "$MANIFEST_NAME" "$MANIFEST_MANAGER"
        ;;
      *'field is immutable'*)
        printf 'A field of %s has changed that the API server never changes in an object that is there. Delete that object by hand (its pods go with it), then run "provision up" again.\n' "$MANIFEST_NAME"
        ;;
    esac
  fi
}

# manifest_takes_over TEXT: does only an earlier "kubectl apply" stand in the way, ours of an older version or the operator's?
# What that one has set, every apply may replace.
manifest_takes_over() {
  case $1 in
    *'Apply failed with '*' conflict'*) ;;
    *) return 1 ;;
  esac
  ! printf '%s\n' "$1" | grep -o 'conflicts\{0,1\} with "[^"]*"' | grep -q -v '"kubectl-client-side-apply"$'
}

# manifest_sum: what marks the objects as applied from this content.
manifest_sum() {
  if [ -n "$MANIFEST_SUM" ]; then
    printf '%s' "$MANIFEST_SUM"
  else
    manifest_content | sha256sum | cut -c 1-64
  fi
}
