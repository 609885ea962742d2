# shellcheck shell=sh
# Running apt and dpkg without a person, and beside others who do. Set by the caller: $LOCK_TIMEOUT, seconds.

DEBIAN_FRONTEND=noninteractive APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1
# Services are restarted by tasks that say so.
NEEDRESTART_SUSPEND=1
export DEBIAN_FRONTEND APT_LISTCHANGES_FRONTEND UCF_FORCE_CONFFOLD NEEDRESTART_SUSPEND

# A busybox that is the shell has a small dpkg of its own.
dpkg() {
  /usr/bin/dpkg "$@"
}

# lock_holder: the process that holds one of the locks, as $HOLDER. They are POSIX locks, which the kernel lists; on which
# file, it tells by a number that is not always the file's own, so the files that the process has open tell it. A process in
# a container has a file system, and so a lock, of its own.
lock_holder() {
  HOLDER=
  lh_own=$(readlink /proc/self/ns/mnt)
  # shellcheck disable=SC2013 # numbers
  for lh_pid in $(sed -n 's/^[0-9]*: POSIX  *ADVISORY  *WRITE  *\([0-9][0-9]*\) .*/\1/p' /proc/locks); do
    case $(ls -l "/proc/$lh_pid/fd" 2>/dev/null) in
      *' /var/lib/dpkg/lock'* | *' /var/lib/apt/lists/lock'* | *' /var/cache/apt/archives/lock'*) ;;
      *) continue ;;
    esac
    [ "$(readlink "/proc/$lh_pid/ns/mnt")" = "$lh_own" ] || continue
    read -r lh_name 2>/dev/null <"/proc/$lh_pid/comm" || continue
    HOLDER="$lh_name (process $lh_pid)"
    return 0
  done
  return 1
}

# wait_for_locks: until nobody else is installing, at most $LOCK_TIMEOUT seconds in all; what is left of them stays in it.
wait_for_locks() {
  wl_seconds=0
  while lock_holder; do
    [ "$LOCK_TIMEOUT" -gt 0 ] || cannot "$HOLDER still holds the lock of the packages; see what it does, then start again"
    [ "$((wl_seconds % 5))" != 0 ] || printf 'waiting for %s, which holds the lock of the packages\n' "$HOLDER"
    sleep 1
    wl_seconds=$((wl_seconds + 1))
    LOCK_TIMEOUT=$((LOCK_TIMEOUT - 1))
  done
}

# alone COMMAND...: runs it when nobody holds the locks, and again when somebody else was faster.
alone() {
  while :; do
    wait_for_locks
    "$@" && return 0
    lock_holder || return 2
  done
}

# apt_get ARGUMENT...: newer versions wait for the lock of dpkg themselves.
apt_get() {
  alone apt-get -y -q -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 -o "DPkg::Lock::Timeout=$LOCK_TIMEOUT" \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# repair_dpkg: ends what an interrupted installation has left. When it does not succeed, the installation that follows says
# why.
repair_dpkg() {
  set -- /var/lib/dpkg/updates/[0-9]*
  if [ -e "$1" ] || [ -n "$(dpkg --audit 2>&1)" ]; then
    echo 'an earlier installation was interrupted: dpkg ends it first'
    alone dpkg --force-confdef --force-confold --configure -a
  fi
  if ! apt-get -qq check >/dev/null 2>&1; then
    echo 'packages that others need are missing: apt-get installs them first'
    apt_get -f install
  fi
  reinstall_broken
}

# A package that was killed while it was unpacked must be unpacked again.
reinstall_broken() {
  # shellcheck disable=SC2016 # dpkg's own variables
  rb_names=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n -e 's/^.[HU]. //p' -e 's/^..R //p')
  [ -n "$rb_names" ] || return 0
  # shellcheck disable=SC2086 # names are words
  apt_get --reinstall install $rb_names
}

# ---- lists of packages ----

# The time of our last update that succeeded.
APT_STAMP=$STATE/apt-updated

# lists_are_old: never fetched by us, an hour old, or older than what says where packages come from.
lists_are_old() {
  [ -e "$APT_STAMP" ] && [ -z "$(find "$APT_STAMP" -mmin +60)" ] || return 0
  [ -n "$(find /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings /etc/apt/trusted.gpg.d \
    /etc/apt/preferences.d -newer "$APT_STAMP" 2>/dev/null)" ]
}

UPDATED=no

# update_lists: once.
update_lists() {
  [ "$UPDATED" = no ] || return 0
  UPDATED=yes
  if apt_get update; then
    (umask 077 && mkdir -p "$STATE" && touch "$APT_STAMP")
  else
    echo 'the lists of packages could not all be fetched; going on with those that are there'
  fi
}

# read_versions NAME...: what the sources offer, newest first, as lines "NAME VERSION".
read_versions() {
  VERSIONS="$NL$(apt-cache madison "$@" 2>/dev/null | sed -n 's/^ *\([^ |]*\) *| *\([^ |]*\) *|.*Packages.*/\1 \2/p')$NL"
}

# find_version NAME PATTERN: the newest version that matches, as $FOUND_VERSION; $OFFERED are all.
find_version() {
  FOUND_VERSION='' OFFERED='' fv_rest=$VERSIONS
  while :; do
    case $fv_rest in
      *"$NL$1 "*) ;;
      *) break ;;
    esac
    fv_rest=${fv_rest#*"$NL$1 "}
    fv_version=${fv_rest%%"$NL"*}
    fv_rest="$NL${fv_rest#*"$NL"}"
    OFFERED="$OFFERED $fv_version"
    if [ -z "$FOUND_VERSION" ] && is_version "$fv_version" "$2"; then
      FOUND_VERSION=$fv_version
    fi
  done
  [ -n "$FOUND_VERSION" ]
}
