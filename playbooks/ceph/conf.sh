# shellcheck shell=sh
# Settings in the [global] section of a ceph.conf. $CONF_AWK is conf.awk.

# conf_job JOB FILE WANT: a file that is not there is empty.
conf_job() {
  cj_file=$2
  [ -e "$cj_file" ] || cj_file=/dev/null
  WANT=$3 awk -v JOB="$1" "$CONF_AWK" "$cj_file"
}

# conf_value FILE KEY: nothing when it is not set.
conf_value() {
  conf_job get "$1" "$2="
}

# conf_pairs KEY VALUE...: as lines.
conf_pairs() {
  while [ "$#" -gt 1 ]; do
    printf '%s=%s\n' "$1" "$2"
    shift 2
  done
}

# conf_has FILE KEY VALUE...: says what differs.
conf_has() {
  ch_file=$1
  shift
  conf_job compare "$ch_file" "$(conf_pairs "$@")"
}

# conf_merge FILE KEY VALUE...: prints the file with the settings in it.
conf_merge() {
  cm_file=$1
  shift
  conf_job merge "$cm_file" "$(conf_pairs "$@")"
}
