# shellcheck shell=sh
# What ceph-deploy is used for, on the admin host. Needs run.sh, cli.sh and peer.sh. $PEER is peer.sh with all
# that it needs, to be sent to other hosts.

KEYS='client.admin mon bootstrap-mds bootstrap-mgr bootstrap-osd bootstrap-rgw'

# ---- the folder of the cluster ----

check_begun() {
  [ -n "$(fsid_of "$DEPLOY_WORK/ceph.conf")" ] || differs "$DEPLOY_WORK has no configuration of a cluster yet"
}

# begin_cluster OPTIONS MON...: a cluster that lives is taken up again from its configuration; else it is begun. OPTIONS are
# words of `ceph-deploy new`.
begin_cluster() {
  bc_options=$1
  shift
  if [ -e "$DEPLOY_WORK/ceph.conf" ]; then
    printf '%s/ceph.conf has no fsid: it is moved away\n' "$DEPLOY_WORK"
    keep_copy "$DEPLOY_WORK/ceph.conf" && rm -f "$DEPLOY_WORK/ceph.conf" || return 2
  fi
  look_at "$PEER
fsid_of /etc/ceph/ceph.conf" "$DEPLOY_SELF" "$@"
  for bc_host in "$DEPLOY_SELF" "$@"; do
    [ -n "$(seen "$bc_host")" ] || continue
    ceph_deploy --overwrite-conf config pull "$bc_host"
    return
  done
  # shellcheck disable=SC2086 # to be split
  ceph_deploy new --no-ssh-copykey $bc_options "$@"
}

# check_settings KEY VALUE...
check_settings() {
  check_begun && conf_has "$DEPLOY_WORK/ceph.conf" "$@"
}

# put_settings KEY VALUE...
put_settings() {
  check_begun || return 2
  ps_conf=$(conf_merge "$DEPLOY_WORK/ceph.conf" "$@") && [ -n "$ps_conf" ] || return 2
  printf '%s\n' "$ps_conf" | work_file ceph.conf
}

# ---- the configuration of all hosts ----

# look_at_confs HOSTS KEY VALUE...: HOSTS are words.
look_at_confs() {
  lc_hosts=$1
  shift
  # shellcheck disable=SC2086 # to be split
  look_at "$PEER
tell_conf $(quoted "$@")" $lc_hosts || return 1
  lc_fsid=$(fsid_of "$DEPLOY_WORK/ceph.conf")
  for lc_host in $lc_hosts; do
    case $(seen "$lc_host" | sed -n 's/^fsid //p') in
      "$lc_fsid" | none) ;;
      unknown) cannot "/etc/ceph/ceph.conf of $lc_host names no cluster (fsid). It was not made by Ceph: move it away, and run again" ;;
      *) cannot "$lc_host holds what an earlier cluster left (pitfall ceph-leftovers): its /etc/ceph/ceph.conf has the fsid $(seen "$lc_host" | sed -n 's/^fsid //p'), and this cluster has $lc_fsid. If nothing of it is needed any more, remove it: provision reset --stage ceph --host $lc_host" ;;
    esac
  done
}

# conf_differs HOST: what differs there, a line each.
conf_differs() {
  seen "$1" | sed -e "s|^fsid none\$|/etc/ceph/ceph.conf is missing|" -e '/^fsid /d'
}

# check_confs HOSTS KEY VALUE...
check_confs() {
  check_begun && look_at_confs "$@" || return 1
  cf_status=0
  for cf_host in $1; do
    cf_text=$(conf_differs "$cf_host")
    [ -z "$cf_text" ] || differs "$(printf '%s\n' "$cf_text" | sed "s/^/$cf_host: /")" || cf_status=1
  done
  return "$cf_status"
}

# push_confs HOSTS KEY VALUE...: a host that has none gets ours; one that has one keeps what else is in it.
push_confs() {
  pc_hosts=$1
  look_at_confs "$@" || return 2
  shift
  pc_new=
  for pc_host in $pc_hosts; do
    pc_text=$(conf_differs "$pc_host")
    case $pc_text in
      '') ;;
      *' is missing') pc_new="$pc_new $pc_host" ;;
      *)
        fetch_conf "$pc_host" && pc_conf=$(conf_merge "$DEPLOY_WORK/hosts/$pc_host.conf" "$@") &&
          printf '%s\n' "$pc_conf" | work_file "hosts/$pc_host.conf" || return 2
        ceph_deploy --overwrite-conf --ceph-conf "hosts/$pc_host.conf" config push "$pc_host" || return 2
        ;;
    esac
  done
  if [ -n "$pc_new" ]; then
    # shellcheck disable=SC2086 # to be split
    ceph_deploy --overwrite-conf config push $pc_new || return 2
  fi
  # shellcheck disable=SC2086 # to be split
  on_hosts "$PEER
remove_orphans" $pc_hosts
}

# ---- monitors ----

# ceph_work WORDS...: asks the cluster with the configuration and the key in the folder of the cluster. Named by an option, the
# keyring is found, but not without two warnings first.
ceph_work() (
  CEPH_CONF=$DEPLOY_WORK/ceph.conf CEPH_ARGS="--keyring $DEPLOY_WORK/ceph.client.admin.keyring"
  export CEPH_CONF CEPH_ARGS
  ceph_cmd "$@"
)

# has_keys: were all keys fetched?
has_keys() {
  for hk_key in $KEYS; do
    [ -s "$DEPLOY_WORK/ceph.$hk_key.keyring" ] || differs "$DEPLOY_WORK/ceph.$hk_key.keyring is missing" || return 1
  done
}

# check_mons NAMES: NAMES are words, as everywhere below.
check_mons() {
  have ceph && have jq || differs 'Ceph is not installed yet' || return 1
  check_begun && has_keys || return 1
  if cm_told=$(ceph_work quorum_status -f json 2>/dev/null); then
    tell_members mon "$1" "$(printf '%s\n' "$cm_told" | jq -r '.quorum_names[]')" 'is not in the quorum'
  else
    no_answer mon "$1" "$1"
  fi
}

# tell_members KIND WANTED FOUND WHY: says which of the wanted ones are not there; those that nobody asked for are only noted.
tell_members() {
  te_missing=
  for te_name in $2; do
    is_word "$te_name" "$3" || te_missing="$te_missing $te_name"
  done
  for te_name in $3; do
    is_word "$te_name" "$2" || printf 'note: %s.%s is in the cluster, and not in the inventory\n' "$1" "$te_name"
  done
  [ -n "$te_missing" ] || return 0
  # In a plan: one that its own host is about to start is nothing to be done here.
  # shellcheck disable=SC2086 # to be split
  [ "$MODE" != look ] || look_at "$PEER
tell_made $1 \"\$(uname -n)\"" $te_missing || return 1
  te_status=0
  for te_name in $te_missing; do
    if [ "$MODE" = look ] && [ "$(seen "$te_name")" = down ]; then
      printf 'note: %s.%s is down, and is to be started on its own host\n' "$1" "$te_name"
    else
      differs "$1.$te_name $4" || te_status=1
    fi
  done
  return "$te_status"
}

# no_answer KIND NAMES MONS: nobody can be asked which ones run. In a plan, when monitors are about to be started by their own
# hosts, those that have been made are nothing to be done here.
no_answer() {
  if [ "$MODE" = look ]; then
    # shellcheck disable=SC2086 # to be split
    look_at "$PEER
tell_made mon \"\$(uname -n)\"" $3 || return 1
    case $SEEN in
      *' down'*)
        # shellcheck disable=SC2086 # to be split
        look_at "$PEER
tell_made $1 \"\$(uname -n)\"" $2 || return 1
        case $SEEN in
          *' absent'*) ;;
          *) return 0 ;;
        esac
        ;;
    esac
  fi
  differs 'the monitors do not answer'
}

# is_word WORD WORDS
is_word() {
  for iw_word in $2; do
    [ "$iw_word" != "$1" ] || return 0
  done
  return 1
}

# look_at_mons NAMES
look_at_mons() {
  # shellcheck disable=SC2086 # to be split
  look_at "$PEER
tell_mon \"\$(uname -n)\"" $1
}

# mon_is NAME JQ-CONDITION: -s, as jq 1.6 takes no answer at all for a yes.
mon_is() {
  seen "$1" | jq -e -s ".[0] | $2" >/dev/null
}

IN_QUORUM='.state == "leader" or .state == "peon"'

# quorum_of NAMES: those that are in the quorum, as $QUORUM.
quorum_of() {
  QUORUM=
  for qo_name in $1; do
    ! mon_is "$qo_name" "$IN_QUORUM" || QUORUM="$QUORUM $qo_name"
  done
}

# is_quorate NAMES
is_quorate() {
  look_at_mons "$1" && quorum_of "$1" && [ -n "$QUORUM" ]
}

# explain_mons NAMES: what the monitors say of themselves.
explain_mons() {
  for em_name in $1; do
    mon_is "$em_name" "$IN_QUORUM" || printf '%s\n' "$PEER
explain_daemon mon $em_name" | on_host "$em_name" 2>&1 | sed "s/^/$em_name: /"
    printf 'mon.%s is %s\n' "$em_name" "$(seen "$em_name" | jq -r .state)"
  done
}

# deploy_mons NAMES NAME ADDRESS...: a new cluster is made with all of them; to one that lives they are added one at a time.
deploy_mons() {
  dm_names=$1
  shift
  look_at_mons "$dm_names"
  quorum_of "$dm_names"
  [ -n "$QUORUM" ] || first_mons "$dm_names" || return 2
  # shellcheck disable=SC2086 # to be split
  { has_keys && ceph_work quorum_status >/dev/null 2>&1; } || ceph_deploy gatherkeys $QUORUM || return 2
  while [ "$#" -gt 1 ]; do
    mon_is "$1" "$IN_QUORUM" || add_mon "$1" "$2" "$dm_names" || return 2
    shift 2
  done
}

# first_mons NAMES: the quorum of a new cluster. Monitors that have ever had one are only waited for: beside them, empty ones
# would become a cluster that has forgotten everything.
first_mons() {
  for fi_name in $1; do
    ! mon_is "$fi_name" '.epoch > 0' || {
      wait_until 60 'the monitors to form a quorum' is_quorate "$1" && return 0
      explain_mons "$1"
      printf 'The monitors of this cluster have no quorum. Bring back the hosts that hold their data, then run again; no monitor was made anew\n'
      return 1
    }
  done
  # shellcheck disable=SC2086 # to be split
  on_hosts "$PEER
free_mon \"\$(uname -n)\"" $1 | sed '/ $/d'
  ceph_deploy --overwrite-conf mon create-initial
  is_quorate "$1" && return 0
  explain_mons "$1"
  return 1
}

# add_mon NAME ADDRESS NAMES
add_mon() {
  if ! mon_is "$1" '.epoch > 0' || ! mon_is "$1" ".mons | index(\"$1\")"; then
    printf '%s\n' "$PEER
free_mon $1" | on_host "$1"
    fetch_conf "$1" && am_conf=$(cat "$DEPLOY_WORK/hosts/$1.conf") || return 2
    # Without a public network, a monitor that nobody knows yet cannot tell which address is its own.
    if ! printf '%s\n' "$am_conf" | grep -q -F -x "[mon.$1]"; then
      printf '%s\n\n[mon.%s]\npublic addr = %s\n' "$am_conf" "$1" "$2" | work_file "hosts/$1.conf" || return 2
    fi
    ceph_deploy --overwrite-conf --ceph-conf "hosts/$1.conf" mon add --address "$2" "$1"
  fi
  wait_until 60 "mon.$1 to join the quorum" has_joined "$1" "$3" && return 0
  explain_mons "$1"
  return 1
}

# has_joined NAME NAMES: all are looked at, as those that come after it are judged by the same answers.
has_joined() {
  look_at_mons "$2" && mon_is "$1" "$IN_QUORUM"
}

# ---- the admin key ----

NO_ADMIN_KEY='it does not have the admin key'

# look_at_admin_keys HOSTS: then hosts_with_admin_key finds what differs.
look_at_admin_keys() {
  # shellcheck disable=SC2086 # to be split
  look_at "$PEER
tell_admin_key" $1
}

# admin_key_differs HOST MODE GROUP: what differs there; "key" first when the key itself has to be brought.
admin_key_differs() {
  ad_sum=$(key_sum "$DEPLOY_WORK/ceph.client.admin.keyring")
  ad_told=$(seen "$1")
  case $ad_told in
    "$2 root:$3 $ad_sum") ;;
    absent) echo "key: $NO_ADMIN_KEY" ;;
    *" $ad_sum") echo "attributes: its admin key is ${ad_told% *}, not $2 root:$3" ;;
    *) echo 'key: its admin key is not the one of this cluster' ;;
  esac
}

# check_admin_keys HOSTS MODE GROUP OTHERS MONS: on OTHERS it should not be. In a plan, a monitor that is yet to be added gets
# the key by that.
check_admin_keys() {
  [ -s "$DEPLOY_WORK/ceph.client.admin.keyring" ] || differs 'there is no admin key yet' || return 1
  look_at_admin_keys "$1 $4" || return 1
  ca_status=0
  for ca_host in $1; do
    ca_text=$(admin_key_differs "$ca_host" "$2" "$3")
    [ "$2" = 640 ] || ! pending ceph-mons || ! is_word "$ca_host" "$5" || ca_text=${ca_text#"key: $NO_ADMIN_KEY"}
    [ -z "$ca_text" ] || differs "$ca_host: ${ca_text#*: }" || ca_status=1
  done
  for ca_host in $4; do
    [ "$(seen "$ca_host")" = absent ] ||
      printf 'note: %s has an admin key (/etc/ceph/ceph.client.admin.keyring) though it needs none\n' "$ca_host"
  done
  return "$ca_status"
}

# push_admin_keys HOSTS MODE GROUP
push_admin_keys() {
  look_at_admin_keys "$1"
  for pk_host in $1; do
    pk_text=$(admin_key_differs "$pk_host" "$2" "$3")
    case $pk_text in
      '') continue ;;
      key:*) ceph_deploy_on "$pk_host" admin "$pk_host" || return 2 ;;
    esac
    printf '%s\n' "chown root:$3 /etc/ceph/ceph.client.admin.keyring && chmod 0$2 /etc/ceph/ceph.client.admin.keyring" |
      on_host "$pk_host" || return 2
  done
}

# ---- managers and metadata servers ----

# daemons_of KIND: those that the cluster knows to run, as $DAEMONS.
daemons_of() {
  if [ "$1" = mgr ]; then
    set -- 'mgr dump' '.active_name, .standbys[]?.name'
  else
    set -- 'fs dump' '(.standbys[]?, .filesystems[]?.mdsmap.info[]?) | .name'
  fi
  # Told on the other output is also what is no error.
  # shellcheck disable=SC2086 # to be split
  da_told=$(ceph_cmd $1 -f json 2>/dev/null) && DAEMONS=$(printf '%s\n' "$da_told" | jq -r "$2")
}

# check_daemons KIND NAMES MONS
check_daemons() {
  have ceph && have jq && [ -r /etc/ceph/ceph.client.admin.keyring ] || differs 'there is no cluster yet' || return 1
  if daemons_of "$1"; then
    tell_members "$1" "$2" "$DAEMONS" 'does not run'
  else
    no_answer "$1" "$2" "$3"
  fi
}

# runs_daemon KIND NAME
runs_daemon() {
  daemons_of "$1" && is_word "$2" "$DAEMONS"
}

# deploy_daemons KIND NAMES
deploy_daemons() {
  dd_kind=$1
  daemons_of "$1" || differs 'the monitors do not answer' || return 2
  dd_missing=
  for dd_name in $2; do
    is_word "$dd_name" "$DAEMONS" || dd_missing="$dd_missing $dd_name"
  done
  for dd_name in $dd_missing; do
    make_daemon "$dd_kind" "$dd_name" || return 2
  done
  for dd_name in $dd_missing; do
    wait_until 60 "$dd_kind.$dd_name to run" runs_daemon "$dd_kind" "$dd_name" && continue
    printf '%s\n' "$PEER
explain_daemon $dd_kind $dd_name" | on_host "$dd_name" 2>&1 | sed "s/^/$dd_name: /"
    return 2
  done
}

# make_daemon KIND NAME: one that the cluster knows already gets its key again; ceph-deploy would want it to have its rights.
make_daemon() {
  if md_keyring=$(ceph_cmd auth get "$1.$2" 2>/dev/null) && [ -n "$md_keyring" ]; then
    {
      printf "%s\nreceive_keyring %s %s <<'END_OF_KEYRING'\n" "$PEER" "$1" "$2"
      printf '%s\nEND_OF_KEYRING\n' "$md_keyring"
    } | on_host "$2" || return 2
  else
    # A key for making daemons that an earlier cluster left would be taken.
    printf 'rm -f /var/lib/ceph/bootstrap-%s/ceph.keyring\n' "$1" | on_host "$2" || return 2
    ceph_deploy_on "$2" "$1" create "$2" || return 2
  fi
  printf '%s\n' "$PEER
own_daemon $1 $2" | on_host "$2"
}

# quoted WORD...: as words for another shell.
quoted() {
  for qu_word in "$@"; do
    printf "'%s' " "$(printf '%s' "$qu_word" | sed "s/'/'\\\\''/g")"
  done
}
