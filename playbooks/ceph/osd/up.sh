# shellcheck shell=sh
# The daemon of an OSD, and what the cluster says of it. Needs place.sh.

# read_daemon ID DIR: $SERVICE_ENABLED, $SERVICE_RUNNING (yes or no), $SERVICE_START and $SERVICE_STATE, as of service-check.sh.
read_daemon() {
  if runs_systemd; then
    read_systemd_service "ceph-osd@$1.service"
    return
  fi
  # Ubuntu 14.04: upstart starts, with the host, what has a file of that name.
  SERVICE_ENABLED=no SERVICE_RUNNING=no SERVICE_STATE=stopped SERVICE_START='does not start with the host'
  [ ! -e "$2/upstart" ] || SERVICE_ENABLED=yes
  case $(status ceph-osd cluster=ceph id="$1" 2>&1) in
    *start/running*) SERVICE_RUNNING=yes SERVICE_STATE=running ;;
  esac
}

# start_daemon ID DIR: now and with the host.
start_daemon() {
  if runs_systemd; then
    # One that is masked by hand is to run now.
    systemctl -q unmask "ceph-osd@$1.service" && systemctl -q enable "ceph-osd@$1.service" || return 2
    [ "$SERVICE_RUNNING" = no ] || return 0
    # One that failed three times is not started for half an hour.
    systemctl reset-failed "ceph-osd@$1.service" 2>/dev/null
    systemctl start "ceph-osd@$1.service"
  else
    : >"$2/upstart" || return 2
    [ "$SERVICE_RUNNING" = no ] || return 0
    start ceph-osd cluster=ceph id="$1"
  fi
}

# judge_osd UUID ID: by what the cluster tells on standard input: is it up and in? Says what it is. 2: no waiting helps. Where
# it is in the crush tree is then in $OSD_PLACE: its weight and the buckets.
judge_osd() {
  jo_known=$(told_osd "$1" 2>/dev/null) || differs "the cluster's map of the OSDs cannot be read" || return 1
  # shellcheck disable=SC2086 # to be split
  set -- "$1" "$2" $jo_known
  case ${3-} in
    '')
      printf 'the cluster does not know the OSD %s (osd.%s): it was removed from the cluster. When its data is not needed any more, stop its daemon, empty its directory, remove /var/lib/ceph/osd/ceph-%s, and run again\n' "$1" "$2" "$2"
      return 2
      ;;
    "$2")
      jo_up=up jo_in=in
      [ "$4" = 1 ] || jo_up=down
      [ "$5" = 1 ] || jo_in="out (if nobody took it out on purpose, on the admin host: ceph osd in $2)"
      [ "$4$5" = 11 ] || differs "osd.$2 is $jo_up and $jo_in" || return 1
      shift 5
      OSD_PLACE=$*
      ;;
    *)
      printf 'the cluster calls the OSD %s osd.%s, its directory says osd.%s\n' "$1" "$3" "$2"
      return 2
      ;;
  esac
}

# ask_cluster UUID ID
ask_cluster() {
  if ! ac_told=$(osd_answer); then
    differs "the cluster does not tell its OSDs: $ac_told"
    return
  fi
  # No pipe: $OSD_PLACE is to be kept.
  judge_osd "$1" "$2" <<ANSWER
$ac_told
ANSWER
}

# check_up DIR: does the OSD that was read (read_osd, read_device) run, up and in? DIR is where its daemon finds its data.
check_up() {
  [ -n "$OSD_ID" ] || differs "the OSD has not been made yet" || return 1
  read_daemon "$OSD_ID" "$1"
  cu_status=0
  [ "$SERVICE_ENABLED" = yes ] || differs "osd.$OSD_ID $SERVICE_START" || cu_status=1
  [ "$SERVICE_RUNNING" = yes ] || differs "osd.$OSD_ID is $SERVICE_STATE" || return 1
  # $CLUSTER_DUE: an earlier task has yet to bring what it is asked with.
  [ "${CLUSTER_DUE-no}" = no ] || return "$cu_status"
  ask_cluster "$OSD_UUID" "$OSD_ID" || return
  # shellcheck disable=SC2086 # to be split
  check_place "$OSD_ID" $OSD_PLACE || cu_status=1
  return "$cu_status"
}

# bring_up DIR SECONDS
bring_up() {
  bu_log=/var/log/ceph/ceph-osd.$OSD_ID.log
  bu_why=$(ask_cluster "$OSD_UUID" "$OSD_ID")
  [ $? -ne 2 ] || cannot "$bu_why"
  read_daemon "$OSD_ID" "$1"
  bu_from=$(log_start "$bu_log") bu_time=$(date +%s)
  if ! start_daemon "$OSD_ID" "$1" || ! wait_for_osd "$1" "$2"; then
    explain_osd "$1" "$bu_log" "$bu_from" "$bu_time"
    return 2
  fi
  ask_cluster "$OSD_UUID" "$OSD_ID" || return 2
  # shellcheck disable=SC2086 # to be split
  check_place "$OSD_ID" $OSD_PLACE || move_osd "$OSD_ID" $OSD_PLACE
}

# wait_for_osd DIR SECONDS: until it is up and in, or its daemon was given up.
wait_for_osd() {
  wf_start=$(date +%s) wf_told=0
  until wf_why=$(ask_cluster "$OSD_UUID" "$OSD_ID"); do
    wf_passed=$(($(date +%s) - wf_start))
    read_daemon "$OSD_ID" "$1"
    case $SERVICE_STATE in
      failed*) wf_why="$wf_why; its daemon failed" wf_passed=$2 ;;
    esac
    if [ "$wf_passed" -ge "$2" ]; then
      printf '%s\n' "$wf_why"
      return 1
    fi
    if [ "$wf_passed" -ge "$((wf_told + 5))" ]; then
      wf_told=$wf_passed
      printf 'waiting for osd.%s to be up and in (%s of %s s): %s\n' "$OSD_ID" "$wf_passed" "$2" "$wf_why"
    fi
    sleep 1
  done
}

# log_start FILE: the byte where what the daemon says begins: behind all there is when it does not run yet, where it began to
# run when it does. What earlier ones said would mislead.
log_start() {
  [ -f "$1" ] || { echo 0; return; }
  ls_pid=
  if [ "$SERVICE_RUNNING" = yes ] && runs_systemd; then
    read_unit "ceph-osd@$OSD_ID.service" MainPID
    unit_property MainPID
    ls_pid=$VALUE
  fi
  ls_from=
  [ -z "$ls_pid" ] || ls_from=$(grep -b "process ceph-osd, pid $ls_pid\$" "$1" | tail -n 1)
  ls_from=${ls_from%%:*}
  [ -n "$ls_from" ] || ls_from=$(wc -c <"$1")
  echo "$ls_from"
}

# log_lines FILE FROM: what it says since byte FROM: the different errors, then the end. After a crash the end is a dump of
# 10000 events; a daemon that is started again and again says the same again.
log_lines() {
  tail -c "+$(($2 + 1))" "$1" | sed '/--- begin dump of recent events ---/,/--- end dump of recent events ---/d' | awk '
    { gsub(/\033\[[0-9;]*m/, "") }
    / -1 / {
      message = substr($0, index($0, " -1 "))
      if (!(message in seen)) errors[++count] = $0
      seen[message] = 1
      next
    }
    { rest[++ends] = $0 }
    END {
      for (i = (ends > 8 ? ends - 7 : 1); i <= ends; i++) print rest[i]
      for (i = (count > 15 ? count - 14 : 1); i <= count; i++) print errors[i]
    }'
}

# key_is_refused ID: by a cluster that answers others.
key_is_refused() {
  ! ceph_as "osd.$1" "/var/lib/ceph/osd/ceph-$1/keyring" osd dump -f json >/dev/null 2>&1 &&
    bootstrap_ceph osd dump -f json >/dev/null 2>&1
}

# explain_osd DIR LOG FROM SECONDS: SECONDS is the time since when the journal is of interest.
explain_osd() {
  eo_lines=
  [ ! -s "$2" ] || eo_lines=$(log_lines "$2" "$3")
  if runs_systemd; then
    systemctl --no-pager -l -n 0 status "ceph-osd@$OSD_ID.service" 2>&1 | sed -n 1,6p
    # What comes before it has a log.
    case $eo_lines in
      *' -1 '*) ;;
      *) journalctl --no-pager -q -n 20 -o cat --since "@$4" -u "ceph-osd@$OSD_ID.service" 2>&1 | grep -e ' -1 ' -e rror ;;
    esac
  fi
  [ -z "$eo_lines" ] || printf 'from %s:\n%s\n' "$2" "$eo_lines"
  if key_is_refused "$OSD_ID"; then
    printf 'The cluster does not accept the key of osd.%s. Where the admin key is, give it back with the file %s/keyring of this host: ceph auth add osd.%s -i keyring mon "allow profile osd" mgr "allow profile osd" osd "allow *"\n' "$OSD_ID" "$1" "$OSD_ID"
  fi
  printf 'osd.%s in %s is not up and in. Mend what the lines above tell, then run again\n' "$OSD_ID" "$1"
}
