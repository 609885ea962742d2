# shellcheck shell=sh
# The OSDs of a host. Each is looked at for what keeps it from running before it is called down. Needs common.sh.

# osd_folders LINKS DIRECTORY...: where OSDs may be: what the daemons find below LINKS, and the directories of the inventory;
# each once, and never by a link.
osd_folders() {
  {
    for of_folder in "$1"/ceph-*; do
      [ ! -d "$of_folder" ] || readlink -f "$of_folder"
    done
    shift
    for of_folder in "$@"; do
      [ ! -d "$of_folder" ] || readlink -f "$of_folder"
    done
  } | sort -u
}

# osd_line FILE: its first line as $LINE.
osd_line() {
  LINE=
  if [ -f "$1" ] && [ -r "$1" ]; then
    IFS= read -r LINE <"$1" || :
  fi
}

# holds_osd DIR: does it say so itself? What else there is in a directory is nobody's business.
holds_osd() {
  osd_line "$1/fsid"
  case $LINE in
    *[!0-9A-Fa-f-]*) ;;
    ????????-????-????-????-????????????) return 0 ;;
  esac
  osd_line "$1/whoami"
  case $LINE in
    '' | *[!0-9]*) ;;
    *) return 0 ;;
  esac
  grep -qs '^\[osd\.[0-9]*\]' "$1/keyring"
}

# own_osds CONF LINKS DIRECTORY...: the directories of OSDs that are of this cluster, or have not been told of which. Those of
# another one are ceph-leftovers, whatever else is wrong with them.
own_osds() {
  oo_fsid=$(conf_fsid "$1")
  shift
  osd_folders "$@" | while IFS= read -r oo_folder; do
    holds_osd "$oo_folder" || continue
    osd_line "$oo_folder/ceph_fsid"
    [ -n "$LINE" ] && [ "$LINE" != "$oo_fsid" ] || printf '%s\n' "$oo_folder"
  done
}

# osd_id DIR LINKS: by what it says itself, or by the link to it; as $ID.
osd_id() {
  osd_line "$1/whoami"
  ID=$LINE
  [ -z "$ID" ] || return 0
  for oi_link in "$2"/ceph-*; do
    [ ! -d "$oi_link" ] || [ "$(readlink -f "$oi_link")" != "$1" ] || ID=${oi_link##*/ceph-}
  done
}

# ---- ceph-osd-permission ----

# foreign_owner DIR: the first thing in it that the daemon opens and that is not its own, as $FOREIGN. The folders of objects
# are not looked into: there may be millions of files in them. Links need not belong to anybody, nor what only marks how the
# daemon is started.
foreign_owner() {
  FOREIGN=$(find "$1/" -maxdepth 3 \( -name '*_head' -o -name '*_TEMP' -o -name lost+found -o -name upstart -o -name sysvinit \
    -o -name systemd -o -name active \) -prune -o \( -type f -o -type d \) ! -user ceph -print 2>/dev/null | sed -n 1p)
  [ -n "$FOREIGN" ] || return 1
  FOREIGN=${FOREIGN%/}
}

# runs_as_ceph CONF: before infernalis the daemons are root's. A cluster that is older may keep that, directory by directory.
runs_as_ceph() {
  getent passwd ceph >/dev/null 2>&1 && ! has_key "$1" 'setuser match path'
}

# probe_osd_owner CONF LINKS DIRECTORY...
probe_osd_owner() {
  runs_as_ceph "$1" || return 0
  tell_evidence "$(own_osds "$@" | while IFS= read -r po_folder; do
    ! foreign_owner "$po_folder" || printf '%s does not belong to the user ceph: %s\n' "$po_folder" "$(stat -c '%U:%G' "$FOREIGN") owns $FOREIGN"
  done)"
}

# cure_osd_owner CONF LINKS DIRECTORY...
cure_osd_owner() {
  runs_as_ceph "$1" || return 0
  co_links=$2
  own_osds "$@" | while IFS= read -r co_folder; do
    foreign_owner "$co_folder" || continue
    co_command="chown -hR ceph:ceph $(quoted "$co_folder/")" co_title="give $co_folder to the user ceph"
    osd_id "$co_folder" "$co_links"
    daemon_state osd "$ID"
    # Without a link its data was never made to the end: that is for the stage to do.
    if [ -n "$ID" ] && [ -d "$co_links/ceph-$ID" ] && [ "$DAEMON" != active ]; then
      co_command="$co_command && $(start_command osd "$ID")" co_title="$co_title, and start osd.$ID"
    fi
    propose "$co_title" "$co_command"
  done
}

# ---- ceph-osd-ext4-names ----

# has_key CONF KEY...: does the configuration have one of these keys? Blanks, _ and - are the same to Ceph.
has_key() {
  hk_conf=$1
  shift
  [ -r "$hk_conf" ] || return 1
  for hk_key in "$@"; do
    hk_key=$(printf %s "$hk_key" | sed 's/ /[ _-]/g')
    ! grep -qiE "^[[:space:]]*${hk_key}[[:space:]]*=" "$hk_conf" || return 0
  done
  return 1
}

# lacks_names DIR CONF: a filestore on ext4 without the limits.
lacks_names() {
  [ -d "$1/current" ] || return 1
  ! { has_key "$2" 'osd max object name len' && has_key "$2" 'osd max object namespace len'; } || return 1
  case $(stat -L -f -c %T "$1" 2>/dev/null) in
    ext*) return 0 ;;
  esac
  return 1
}

# probe_osd_names CONF LINKS DIRECTORY...
probe_osd_names() {
  tell_evidence "$(own_osds "$@" | while IFS= read -r pn_folder; do
    ! lacks_names "$pn_folder" "$1" || printf '%s is a filestore on ext4, and %s does not limit the names of objects\n' "$pn_folder" "$1"
  done)"
}

# ---- ceph-osd-down-after-activate ----

# osd_is_explained DIR CONF: is it another pitfall that keeps it from running?
osd_is_explained() {
  { runs_as_ceph "$2" && foreign_owner "$1"; } || lacks_names "$1" "$2" || program_is_damaged ceph-osd
}

# starts_now ID: has its daemon run for less than a minute? The cluster hears of it some time later.
starts_now() {
  runs_systemd || return 1
  sn_since=$(systemctl show -p ActiveEnterTimestampMonotonic "ceph-osd@$1.service" 2>/dev/null)
  sn_since=${sn_since#*=}
  case $sn_since in
    '' | 0 | *[!0-9]*) return 1 ;;
  esac
  read -r sn_now _ </proc/uptime
  [ $((${sn_now%%.*} - sn_since / 1000000)) -lt 60 ]
}

# ask_of_osds LINKS: the map of the OSDs and their tree as $TOLD, unless no monitor answers.
ask_of_osds() {
  if has_access; then
    TOLD=$(osds_told)
    ! is_answer "$TOLD" || return 0
    ! is_silence "$TOLD" || return 1
  fi
  ask_as_osd "$1"
}

# ask_as_osd LINKS: the same, with a key that a host with OSDs has.
ask_as_osd() {
  ao_name=client.bootstrap-osd ao_keyring=${1%/osd}/bootstrap-osd/ceph.keyring
  if [ ! -s "$ao_keyring" ]; then
    for ao_keyring in "$1"/ceph-*/keyring; do
      ao_name=${ao_keyring%/keyring}
      ao_name=osd.${ao_name##*/ceph-}
      [ ! -s "$ao_keyring" ] || break
    done
  fi
  [ -s "$ao_keyring" ] || return 1
  TOLD=$(printf '%s\n' 'osd dump' 'osd tree' |
    CEPH_ARGS="--keyring $ao_keyring" timeout -k 5 15 ceph --connect-timeout 5 -n "$ao_name" -f json 2>/dev/null | sed -n '/^{/p')
  [ -n "$TOLD" ]
}

# The map and the tree, one after the other. host: this one, as the tree calls it; uuids: of the OSDs that it holds.
# shellcheck disable=SC2016 # jq's own variables
OWN_OSDS_PROGRAM='
  def one(key): map(select(type == "object" and has(key))) | .[0];
  ($uuids | split(" ")) as $held
  | ([(one("nodes") // {nodes: []}).nodes[] | select(.type == "host" and .name == $host) | .children[]?]) as $placed
  | one("osds").osds[] | select((.uuid as $uuid | $held | index([$uuid])) or (.osd as $id | $placed | index([$id])))
  | "\(.osd) \(if .up == 1 then "up" else "down" end) \(if .in == 1 then "in" else "out" end)"'

# probe_osds_down CONF LINKS HOST DIRECTORY...: OSDs of this host that the cluster knows and that do not run, or are not seen,
# and nothing else tells why. While no monitor answers there is nothing to be said of OSDs: that is ceph-cli-hangs.
probe_osds_down() {
  have ceph && have jq && [ -s "$1" ] || return 0
  pw_conf=$1 pw_links=$2 pw_host=$3
  shift 3
  pw_folders=$(own_osds "$pw_conf" "$pw_links" "$@")
  [ -n "$pw_folders" ] || [ "$#" -gt 0 ] || return 0
  ask_of_osds "$pw_links" || return 0
  pw_uuids=$(printf '%s\n' "$pw_folders" | while IFS= read -r pw_folder; do
    osd_line "$pw_folder/fsid"
    printf '%s ' "$LINE"
  done)
  pw_osds=$(printf '%s\n' "$TOLD" | jq -s -r --arg host "$pw_host" --arg uuids "${pw_uuids% }" "$OWN_OSDS_PROGRAM") || not_understood
  pw_status=0
  while read -r pw_id pw_up pw_in; do
    [ -n "$pw_id" ] || continue
    tell_osd "$pw_id" "$pw_up" "$pw_in" || pw_status=1
  done <<OSDS
$pw_osds
OSDS
  return "$pw_status"
}

# tell_osd ID UP IN: for probe_osds_down.
tell_osd() {
  te_folder=
  [ ! -d "$pw_links/ceph-$1" ] || te_folder=$(readlink -f "$pw_links/ceph-$1")
  if [ -z "$te_folder" ]; then
    [ "$2" = up ] || differs "osd.$1 is $2 and $3, and $pw_links/ceph-$1 is not there"
    return
  fi
  daemon_state osd "$1"
  [ "$2 $DAEMON" != 'up active' ] || return 0
  if [ "$DAEMON" = active ] && starts_now "$1"; then
    return 0
  fi
  ! osd_is_explained "$te_folder" "$pw_conf" || return 0
  differs "osd.$1 is $2 and $3; its daemon is $DAEMON"
}
