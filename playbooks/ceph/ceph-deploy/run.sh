# shellcheck shell=sh
# Running ceph-deploy, and a script on another host, as the user who deploys. Given: $DEPLOY_USER, $DEPLOY_HOME, $DEPLOY_WORK
# (the folder of the cluster), $DEPLOY_ROOT (where ceph-deploy is), $DEPLOY_SELF (this host).

# as_deployer FOLDER WORDS...
as_deployer() (
  cd "$1" || exit 2
  shift
  exec runuser -u "$DEPLOY_USER" -- env -i "HOME=$DEPLOY_HOME" "USER=$DEPLOY_USER" "LOGNAME=$DEPLOY_USER" LC_ALL=C.UTF-8 \
    "PATH=$DEPLOY_ROOT/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"
)

# ceph_deploy WORDS...: one at a time. The lock is the kernel's and goes with the last process that holds it, so that one
# which outlived a run that was killed is waited for.
ceph_deploy() {
  (
    flock -w 300 8 || cannot "another ceph-deploy is still at work in $DEPLOY_WORK after 300 s; see: ps -u $DEPLOY_USER -f"
    as_deployer "$DEPLOY_WORK" ceph-deploy "$@" 2>&1
  ) 8<"$DEPLOY_WORK"
}

# ceph_deploy_on HOST WORDS...: with the configuration that this host has, so that it stays as it is.
ceph_deploy_on() {
  cn_conf=hosts/$1.conf
  fetch_conf "$1" || return 2
  shift
  ceph_deploy --overwrite-conf --ceph-conf "$cn_conf" "$@"
}

# fetch_conf HOST: its configuration, or the one that it is going to get, is then in $DEPLOY_WORK/hosts/HOST.conf.
fetch_conf() {
  fc_conf=$(printf '%s\n' '[ ! -s /etc/ceph/ceph.conf ] || cat /etc/ceph/ceph.conf' | on_host "$1") ||
    differs "/etc/ceph/ceph.conf of $1 cannot be read" || return 2
  [ -n "$fc_conf" ] || fc_conf=$(cat "$DEPLOY_WORK/ceph.conf") || return 2
  printf '%s\n' "$fc_conf" | work_file "hosts/$1.conf"
}

# work_file NAME: standard input becomes the content of this file in the folder of the cluster.
work_file() {
  wf_file=$DEPLOY_WORK/$1
  wf_group=$(id -gn -- "$DEPLOY_USER") || return 2
  if [ ! -d "${wf_file%/*}" ]; then
    mkdir -m 0700 "${wf_file%/*}" && set_attributes "${wf_file%/*}" 700 "$DEPLOY_USER" "$wf_group" || return 2
  fi
  replace_file "$wf_file" 600 "$DEPLOY_USER" "$wf_group"
}

# on_host HOST: runs the script on standard input there as root. None of its commands may read on in it.
on_host() {
  { echo '{' && cat && echo '} </dev/null'; } |
    if [ "$1" = "$DEPLOY_SELF" ]; then
      sh -s
    else
      as_deployer / timeout -k 5 100 ssh -o BatchMode=yes "$1" sudo -n env LC_ALL=C sh -s
    fi
}

# on_hosts SCRIPT HOST...: on all at once; each line of an answer comes after the name of its host, and after " ! " where
# the script could not be run.
on_hosts() {
  oh_script=$1
  shift
  for oh_name in "$@"; do
    {
      oh_mark=
      oh_text=$(printf '%s\n' "$oh_script" | on_host "$oh_name" 2>&1) || oh_mark='! '
      [ -n "$oh_text" ] || oh_text="${oh_mark:+nothing was answered}"
      # In one piece each.
      oh_text=$(printf '%s\n' "$oh_text" | sed "s/^/$oh_name $oh_mark/")
      printf '%s\n' "$oh_text"
    } &
  done
  wait
}

# look_at SCRIPT HOST...: the answers as $SEEN.
look_at() {
  la_script=$1
  shift
  SEEN=$(on_hosts "$la_script" "$@")
  la_failed=$(printf '%s\n' "$SEEN" | sed -n 's/^\([^ ]*\) ! \(.*\)/\1: \2/p')
  [ -n "$la_failed" ] || return 0
  printf '%s cannot look at other hosts as %s:\n%s\n' "$DEPLOY_SELF" "$DEPLOY_USER" "$la_failed"
  # In a plan, a task of that host may be about to mend it.
  [ "$MODE" = look ] || exit 2
  return 1
}

# seen HOST: what it answered.
seen() {
  printf '%s\n' "$SEEN" | sed -n "s/^$1 //p"
}
