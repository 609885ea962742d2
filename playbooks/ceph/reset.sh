# shellcheck shell=sh
# Taking Ceph away from a host. Everything is found by what is there, so that a reset that was cut goes on, and a second one
# finds nothing. Functions that begin with "list" and "tell" only look.

# is_mount_point DIRECTORY
is_mount_point() {
  have mountpoint && mountpoint -q "$1"
}

# ---- what uses the cluster ----

# list_mapped: images that the kernel of this host has mapped.
list_mapped() {
  for lm_device in /sys/bus/rbd/devices/*; do
    [ -r "$lm_device/name" ] || continue
    printf '/dev/rbd%s (%s/%s)\n' "${lm_device##*/}" "$(cat "$lm_device/pool")" "$(cat "$lm_device/name")"
  done
}

# list_mounts TABLE: where CephFS is mounted, the innermost first; as /proc/mounts writes it.
list_mounts() {
  awk '$3 == "ceph" || $3 == "fuse.ceph-fuse" { points[++count] = $2 } END { for (i = count; i > 0; i--) print points[i] }' "$1"
}

# unmount_all TABLE: a mount whose cluster no longer answers is let go of without waiting.
unmount_all() {
  ua_points=$(list_mounts "$1")
  while read -r ua_point; do
    [ -n "$ua_point" ] || continue
    ua_point=$(printf '%b' "$ua_point")
    timeout 30 umount "$ua_point" 2>/dev/null || umount -l "$ua_point"
  done <<EOT
$ua_points
EOT
}

# ---- daemons ----

# list_daemons: processes of this host, not of its containers: "PID NAME".
list_daemons() {
  ld_own=$(readlink /proc/self/ns/pid)
  for ld_folder in /proc/[0-9]*; do
    ld_name=
    { read -r ld_name <"$ld_folder/comm"; } 2>/dev/null
    case $ld_name in
      ceph-mon | ceph-mgr | ceph-osd | ceph-mds | radosgw) ;;
      *) continue ;;
    esac
    [ "$(readlink "$ld_folder/ns/pid")" = "$ld_own" ] && printf '%s %s\n' "${ld_folder##*/}" "$ld_name"
  done
}

# list_enabled FOLDER: instances that start with the host. FOLDER is where systemd keeps such links.
list_enabled() {
  for le_link in "$1"/*.wants/ceph-*@*.service; do
    [ ! -L "$le_link" ] || printf '%s\n' "${le_link##*/}"
  done
}

# tell_daemons FOLDER
tell_daemons() {
  td_status=0
  td_found=$(list_daemons)
  [ -z "$td_found" ] || differs "runs: $td_found" || td_status=1
  td_found=$(list_enabled "$1")
  [ -z "$td_found" ] || differs "starts with the host: $td_found" || td_status=1
  return "$td_status"
}

# stop_daemons FOLDER: by their units first, then those that somebody started by hand.
stop_daemons() {
  if [ -d /run/systemd/system ]; then
    sd_units="$(list_enabled "$1") $(systemctl list-units --all --plain --no-legend --full 'ceph-*@*.service' | awk '{ print $1 }')"
    # shellcheck disable=SC2086 # names are words
    set -- $sd_units
    if [ "$#" -gt 0 ]; then
      systemctl stop -- "$@"
      systemctl disable -- "$@" 2>/dev/null
      systemctl reset-failed -- "$@" 2>/dev/null
    fi
  elif have initctl && [ -e /etc/init/ceph-all.conf ]; then
    initctl stop ceph-all
  elif [ -x /etc/init.d/ceph ]; then
    service ceph stop
  fi
  end_daemons TERM 60 && end_daemons KILL 10
}

# end_daemons SIGNAL SECONDS
end_daemons() {
  ed_left=$2
  ed_found=$(list_daemons)
  [ -n "$ed_found" ] || return 0
  printf '%s\n' "$ed_found" | while read -r ed_pid ed_name; do
    printf '%s (%s) gets %s\n' "$ed_name" "$ed_pid" "$1"
    kill "-$1" "$ed_pid"
  done
  while [ "$ed_left" -gt 0 ] && [ -n "$(list_daemons)" ]; do
    ed_left=$((ed_left - 1))
    sleep 1
  done
  return 0
}

# ---- OSDs ----

# is_osd DIRECTORY: does it carry what only the directory of an OSD has?
is_osd() {
  [ -f "$1/ceph_fsid" ] && return 0
  [ -f "$1/magic" ] || return 1
  read -r io_magic <"$1/magic" || return 1
  case $io_magic in
    'ceph osd volume'*) return 0 ;;
  esac
  return 1
}

# tell_osd DIRECTORY: what is no OSD stays, and is told of.
tell_osd() {
  [ -d "$1" ] || return 0
  if is_osd "$1"; then
    differs "$1 holds an OSD"
    return 1
  fi
  to_left=$(find -H "$1" -mindepth 1 -maxdepth 1 ! -name lost+found | head -n 3)
  [ -z "$to_left" ] || printf 'note: %s is not empty and holds no OSD; it was left as it is\n' "$1"
}

# empty_osd DIRECTORY: what it is known by goes last, so that a run that was cut still knows it.
empty_osd() {
  is_osd "$1" || return 0
  find -H "$1" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name ceph_fsid ! -name magic -exec rm -rf {} + &&
    rm -f "$1/magic" "$1/ceph_fsid"
}

# tell_device DEVICE: nothing erases it.
tell_device() {
  [ -b "$1" ] && have lsblk || return 0
  case $(lsblk -nro FSTYPE "$1" 2>/dev/null) in
    *LVM2_member* | *ceph_bluestore* | *crypto_LUKS*)
      printf 'note: %s still holds the data of an OSD. To erase it, on this host: ceph-volume lvm zap --destroy %s\n' "$1" "$1"
      ;;
  esac
}

# ---- files ----

# list_data LIB OWN: what a cluster keeps below LIB. The folders that the packages bring stay, and so do mount points. OWN
# is the folder of ours.
list_data() {
  [ -d "$1" ] || return 0
  find "$1" -mindepth 2 -depth ! -path "$1/crash/posted" | while IFS= read -r li_path; do
    [ -d "$li_path" ] && [ ! -L "$li_path" ] && is_mount_point "$li_path" || printf '%s\n' "$li_path"
  done
  [ ! -e "$1/$2" ] || printf '%s\n' "$1/$2"
}

# list_files ETC LOG RUN
list_files() {
  [ ! -d "$1" ] || find "$1" -mindepth 1 -depth ! -name rbdmap
  for lf_folder in "$2" "$3"; do
    [ ! -d "$lf_folder" ] || find "$lf_folder" -mindepth 1 -depth
  done
}

# tell_some WHAT: the first of the lines on standard input; 0 when there are none.
tell_some() {
  ts_all=$(cat)
  [ -n "$ts_all" ] || return 0
  differs "$1: $(printf '%s\n' "$ts_all" | wc -l) files and folders, the first ones are:
$(printf '%s\n' "$ts_all" | head -n 5)"
}

# remove_lines: the files and folders on standard input, a folder after what it holds.
remove_lines() {
  while IFS= read -r rl_path; do
    if [ -d "$rl_path" ] && [ ! -L "$rl_path" ]; then
      rmdir "$rl_path" 2>/dev/null || [ ! -e "$rl_path" ] || is_mount_point "$rl_path" || rm -rf "$rl_path"
    else
      rm -f "$rl_path"
    fi
  done
}

# unmount_osds TABLE LIB: ceph-volume mounts a small memory file system for each device.
unmount_osds() {
  awk -v lib="$2/osd/" '$3 == "tmpfs" && index($2, lib) == 1 { print $2 }' "$1" | while read -r uo_point; do
    umount "$uo_point"
  done
}

# list_units FOLDER: what is left below FOLDER of the units of single daemons, and links to units that went with their packages.
# A drop-in for all daemons of a kind is somebody's setting, and stays.
list_units() {
  find "$1" -mindepth 1 -depth \( -name 'ceph-*@[!.]*' -o -path '*/ceph-*@[!.]*.service.d/*' \) 2>/dev/null
  for lu_link in "$1"/*.wants/ceph*.target; do
    [ -L "$lu_link" ] && [ ! -e "$lu_link" ] && printf '%s\n' "$lu_link"
  done
  for lu_folder in "$1"/ceph*.wants; do
    [ ! -d "$lu_folder" ] || [ -n "$(find "$lu_folder" -mindepth 1 ! -name 'ceph-*@[!.]*' -exec test -e {} \; -print)" ] || printf '%s\n' "$lu_folder"
  done
}

# list_work FOLDER: keys and configuration in the folder that the cluster was deployed from.
list_work() {
  [ -d "$1" ] || return 0
  find "$1" -mindepth 1 -maxdepth 1 \( -name 'ceph.conf*' -o -name '*.keyring*' \)
}

# list_proofs STATE: what we have proven of the cluster that is gone.
list_proofs() {
  for lp_file in "$1"/proofs/ceph-*; do
    [ ! -e "$lp_file" ] || printf '%s\n' "$lp_file"
  done
}
