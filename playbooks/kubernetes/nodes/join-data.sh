# shellcheck shell=sh
# By what hosts join: a token that lives half an hour, and, for control planes, the key of their certificates (two hours).
# Kept in a private file of this host, TIME TOKEN HASH KEY, for as long as it is good.

# Seconds after which new ones are made: what joins with them must come to its end.
GOOD_FOR=1200

# read_data FILE: $TOKEN, $HASH and $KEY, if they are good.
read_data() {
  rd_time=0 TOKEN='' HASH=- KEY=-
  [ -r "$1" ] && read -r rd_time TOKEN HASH KEY <"$1"
  [ "$(($(date +%s) - ${rd_time:-0}))" -lt "$GOOD_FOR" ] && [ -n "$TOKEN" ]
}

# check_data FILE CONTROL-PLANES HOST...: HOST... are to join.
check_data() {
  cd_file=$1 cd_control_planes=$2
  shift 2
  [ $# -gt 0 ] || return 0
  read_data "$cd_file" || differs "to join: $*" || return
  [ "$cd_control_planes" = no ] || [ "$KEY" != - ] || differs "to join as control planes: $*" || return
  kube -n kube-system get "secret/bootstrap-token-${TOKEN%%.*}" -o name >/dev/null 2>&1 ||
    differs 'the token of an earlier run has ended'
}

# make_data FILE CONTROL-PLANES MINOR FLAG CONFIG: FLAG is kubeadm's for keeping certificates in the cluster.
make_data() {
  TOKEN='' HASH=- KEY=-
  if [ "$3" -ge 9 ]; then
    md_told=$(kubeadm token create --ttl 30m --description 'hosts that provision lets join' --print-join-command) || return 2
    TOKEN=$(word_after --token "$md_told") HASH=$(word_after --discovery-token-ca-cert-hash "$md_told")
  else
    TOKEN=$(kubeadm token create --ttl 30m) || return 2
  fi
  [ -n "$TOKEN" ] || { echo 'kubeadm told no token' && return 2; }
  if [ "$2" = yes ]; then
    # kubeadm makes the key and tells it in its last line; given to it, it would stand in the list of processes.
    KEY=$(kubeadm init phase upload-certs "$4" --config "$5" | tail -n 1)
    case $KEY in
      '' | *[!0-9a-f]*) echo 'kubeadm told no key for the certificates' && return 2 ;;
    esac
  fi
  printf '%s %s %s %s\n' "$(date +%s)" "$TOKEN" "${HASH:--}" "$KEY" | replace_file "$1" 600 root root
}

# word_after FLAG TEXT
word_after() {
  printf '%s\n' "$2" | tr -s ' \t\\' '\n' | sed -n "/^$1\$/ { n; p; q; }"
}
