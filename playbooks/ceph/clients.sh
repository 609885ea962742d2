# shellcheck shell=sh
# A client of the cluster. Needs ask.sh. $ANSWER holds its key: it must never be printed.

# client_file NAME
client_file() {
  printf '/etc/ceph/ceph.client.%s.keyring' "$1"
}

# keyring_text NAME KEY
keyring_text() {
  printf '[client.%s]\n\tkey = %s\n' "$1" "$2"
}

# shellcheck disable=SC2016 # jq's own variables
CLIENT_PROGRAM='
  def words: map_values(split(",") | map(gsub("\\s+"; " ") | ltrimstr(" ") | rtrimstr(" ")) | sort);
  def told: to_entries | sort_by(.key) | map("\(.key) \"\(.value)\"") | if length == 0 then "nothing" else join(", ") end;
  .[0].caps
  | if words == ($caps | words) then empty
    else "client.\($name) has the rights \(told), not \($caps | told)" end'

# judge_client NAME CAPS: CAPS is JSON, a text for each kind of daemon.
judge_client() {
  judge "$CLIENT_PROGRAM" --arg name "$1" --argjson caps "$2"
}

# client_key: of the client in $ANSWER, as $KEY.
client_key() {
  KEY=$(printf '%s\n' "$ANSWER" | jq -r '.[0].key')
}

check_client() {
  can_ask || return 1
  # What it says beside the answer is no news: "exported keyring".
  ask auth get "client.$1" >/dev/null ||
    differs "client.$1 is not in the cluster, or the monitors do not answer" || return 1
  cc_status=0
  judge_client "$1" "$2" || cc_status=1
  client_key
  cc_file=$(client_file "$1")
  read_text "$cc_file"
  if [ "$TEXT" != "$(keyring_text "$1" "$KEY")$NL" ]; then
    cc_status=1
    differs "$cc_file does not hold the key of client.$1" || :
  fi
  [ ! -e "$cc_file" ] || has_attributes "$cc_file" 600 root root || cc_status=1
  return "$cc_status"
}

# apply_client NAME CAPS DAEMON RIGHTS...: the rights also as pairs of words, as ceph takes them.
apply_client() {
  ac_name=$1 ac_caps=$2
  shift 2
  if ! ask auth get "client.$ac_name" >/dev/null; then
    ceph_cmd auth get-or-create "client.$ac_name" "$@" >/dev/null || return 2
    ask auth get "client.$ac_name" || return 2
  fi
  judge_client "$ac_name" "$ac_caps" >/dev/null || ceph_cmd auth caps "client.$ac_name" "$@" || return 2
  client_key
  keyring_text "$ac_name" "$KEY" | replace_file "$(client_file "$ac_name")" 0600 root root
}

# told_key NAME: the key, without a newline, from the file that the check has compared with the cluster.
told_key() {
  sed -n 's/^[[:space:]]*key[[:space:]]*=[[:space:]]*//p' "$(client_file "$1")" | tr -d '\n'
}
