# shellcheck shell=sh
# Asking and telling the cluster, on a control plane.

ADMIN_CONF=/etc/kubernetes/admin.conf
CLUSTER_CA=/etc/kubernetes/pki/ca.crt

# kube WORDS...: as the administrator. Without limits kubectl waits for ever for an API server that does not answer. Below HOME
# kubectl keeps what it has discovered; there is no such folder and none can be made in /proc, since a look writes nothing.
kube() {
  timeout -k 5 60 env HOME=/proc/none kubectl --kubeconfig="$ADMIN_CONF" --request-timeout=20s "$@"
}

# read_admin: $ADMIN_SERVER, $ADMIN_CERTIFICATE and $ADMIN_KEY, as kubeadm writes them.
read_admin() {
  ADMIN_SERVER='' ADMIN_CERTIFICATE='' ADMIN_KEY=''
  [ -r "$ADMIN_CONF" ] || return 1
  while read -r ra_name ra_value; do
    case $ra_name in
      server:) ADMIN_SERVER=$ra_value ;;
      client-certificate-data:) ADMIN_CERTIFICATE=$(printf '%s\n' "$ra_value" | base64 -d) ;;
      client-key-data:) ADMIN_KEY=$(printf '%s\n' "$ra_value" | base64 -d) ;;
    esac
  done <"$ADMIN_CONF"
  [ -n "$ADMIN_SERVER" ] && [ -n "$ADMIN_CERTIFICATE" ] && [ -n "$ADMIN_KEY" ]
}

# ask_by_curl SECONDS PATH: what the API has there, as it is, in a third of the time of kubectl. The key goes by a descriptor: a look writes nothing, and
# arguments can be read by everyone. To a client with the name of curl the API server would write each value in a line.
ask_by_curl() {
  have curl && [ -r "$CLUSTER_CA" ] && read_admin 2>/dev/null || return
  curl -s -f -g -A provision --noproxy '*' --max-time "$1" --cacert "$CLUSTER_CA" --cert /dev/fd/7 --key /dev/fd/8 "$ADMIN_SERVER$2" 7<<CERTIFICATE 8<<KEY
$ADMIN_CERTIFICATE
CERTIFICATE
$ADMIN_KEY
KEY
}

# kube_text PATH: what the API has there. By curl where that can be.
kube_text() {
  ask_by_curl 20 "$1" || kube get --raw="$1"
}

# api_answers: does the API server of this host say that it is well? kubectl would retry, and wait.
api_answers() {
  [ -r "$ADMIN_CONF" ] || return 1
  kube get --raw=/healthz >/dev/null 2>&1
}

# wait_until SECONDS WHAT COMMAND...: tries each second, and says every five what it waits for.
wait_until() {
  wu_end=$(($(date +%s) + $1)) wu_what=$2 wu_told=$(date +%s)
  shift 2
  until "$@"; do
    wu_now=$(date +%s)
    [ "$wu_now" -lt "$wu_end" ] || return 1
    if [ "$((wu_now - wu_told))" -ge 5 ]; then
      wu_told=$wu_now
      printf 'waiting for %s (%s s left)\n' "$wu_what" "$((wu_end - wu_now))"
    fi
    sleep 1
  done
}

# can_ask_cluster: as Playbook.access has it.
can_ask_cluster() {
  have kubectl && [ -r "$ADMIN_CONF" ] || return 1
  ask_by_curl 5 /healthz >/dev/null 2>&1 && return
  ca_told=$(timeout -k 5 10 env HOME=/proc/none kubectl --kubeconfig="$ADMIN_CONF" --request-timeout=5s get --raw=/healthz 2>&1) && return 0
  printf '%s\n' "$ca_told" | tail -n 1
  return 2
}
