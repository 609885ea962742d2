# shellcheck shell=sh
# How full the file systems of a host are, as kubelet counts. Needs data-root.sh of Docker.

# Below these kubelet evicts pods when it is told nothing else.
NODEFS_DEFAULT=10%
IMAGEFS_DEFAULT=15%

# room FOLDER: $SIZE and $FREE of its file system in KiB, $USED of 100 as df has it, and its $MOUNT. Fails when there is no such folder.
room() {
  [ -d "$1" ] || return 1
  ro_told=$(df -Pk "$1" 2>/dev/null)
  read -r _ SIZE _ FREE USED MOUNT <<END
${ro_told#*"$NL"}
END
  USED=${USED%\%}
  case $SIZE$FREE$USED in
    '' | *[!0-9]*) return 1 ;;
  esac
}

# limit_of VALUE: $LIMIT is kubelet's threshold: 10% as 100/1000 of the file system, 1Gi in KiB; empty when it cannot be read.
limit_of() {
  LIMIT=
  lo_value=${1%%[!0-9.]*} lo_unit=
  [ "$lo_value" = "$1" ] || lo_unit=${1#"$lo_value"}
  case $lo_value in
    *.*)
      [ "$lo_unit" = % ] || return 0
      lo_tenths=${lo_value#*.}0
      lo_value=${lo_value%%.*}${lo_tenths%"${lo_tenths#?}"}
      ;;
    *) [ "$lo_unit" != % ] || lo_value=${lo_value}0 ;;
  esac
  case $lo_value in
    '' | *[!0-9]*) return 0 ;;
    0?*) lo_value=${lo_value#0} ;;
  esac
  case $lo_unit in
    %) LIMIT=$lo_value/1000 ;;
    Ki) LIMIT=$lo_value ;;
    Mi) LIMIT=$((lo_value * 1024)) ;;
    Gi) LIMIT=$((lo_value * 1024 * 1024)) ;;
    Ti) LIMIT=$((lo_value * 1024 * 1024 * 1024)) ;;
    k) LIMIT=$((lo_value * 1000 / 1024)) ;;
    M) LIMIT=$((lo_value * 1000000 / 1024)) ;;
    G) LIMIT=$((lo_value * 1000000000 / 1024)) ;;
    '') LIMIT=$((lo_value / 1024)) ;;
  esac
}

# is_below VALUE: after room: is less free than this threshold of kubelet?
is_below() {
  limit_of "$1"
  case $LIMIT in
    '') return 1 ;;
    */1000) [ "$((FREE * 1000))" -lt "$((SIZE * ${LIMIT%/*}))" ] ;;
    *) [ "$FREE" -lt "$LIMIT" ] ;;
  esac
}

# is_full DEFAULT DECLARED: after room: is it full by anybody's measure? A threshold that is out of the ordinary is no full disk.
is_full() {
  [ "$USED" -lt 90 ] || return 0
  [ "$1" != - ] && is_below "$1" && is_below "$2"
}

# inodes_gone FOLDER: are less than 5 % of the inodes free, as kubelet wants them? Some file systems do not count them.
inodes_gone() {
  case $(df -Pi "$1" 2>/dev/null) in
    *' 9'[5-9]'% '* | *' 100% '*) return 0 ;;
  esac
  return 1
}

# engine_root DAEMON_JSON DATA_ROOT: where Docker keeps its data now; DATA_ROOT is where the inventory wants it, which may be another place
# until the stage docker has run.
engine_root() {
  current_root "$1"
  if [ "$NAMED" = yes ] || [ -d "$CURRENT" ]; then
    printf '%s\n' "$CURRENT"
  else
    printf '%s\n' "$2"
  fi
}

# images_folder DATA_ROOT: where the runtime of a node keeps images: DATA_ROOT is Docker's.
images_folder() {
  if grep -q -s -e 'containerd\.sock' /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/config.yaml /var/lib/kubelet/instance-config.yaml; then
    echo /var/lib/containerd
  else
    printf '%s\n' "$1"
  fi
}

# tell_disk FOLDER DEFAULT DECLARED: says so when its file system is full, each file system once.
tell_disk() {
  room "$1" || return 0
  case $TOLD in
    *"|$MOUNT|"*) return 0 ;;
  esac
  if is_full "$2" "$3"; then
    printf '%s: %s%% of its file system are used, %s MiB are free\n' "$1" "$USED" "$((FREE / 1024))"
  elif inodes_gone "$1"; then
    printf '%s: less than 5%% of the inodes of its file system are free\n' "$1"
  else
    return 0
  fi
  TOLD="$TOLD|$MOUNT|"
}

# probe_disks NODEFS IMAGEFS DATA_ROOT: the thresholds of the inventory, and where it wants Docker to keep its data. On a host that is no node only
# a full file system counts.
probe_disks() {
  TOLD=
  pd_nodefs=- pd_imagefs=-
  if [ -s /etc/kubernetes/kubelet.conf ]; then
    pd_nodefs=$NODEFS_DEFAULT pd_imagefs=$IMAGEFS_DEFAULT
  fi
  tell_disk / - -
  tell_disk /var/lib/kubelet "$pd_nodefs" "$1"
  tell_disk "$(images_folder "$(engine_root /etc/docker/daemon.json "$3")")" "$pd_imagefs" "$2"
  [ -z "$TOLD" ]
}

# propose_room ARCHIVES: what can go without loss. ARCHIVES is where apt keeps packages that it has installed.
propose_room() {
  pr_size=$(du -sk "$1" 2>/dev/null)
  pr_size=${pr_size%%[!0-9]*}
  [ "${pr_size:-0}" -lt 20480 ] ||
    propose "apt forgets the packages that it has fetched ($((pr_size / 1024)) MiB)" 'apt-get clean'
  have docker || return 0
  pr_used=$(timeout 20 docker ps -aq --no-trunc 2>/dev/null | while read -r pr_id; do
    timeout 20 docker inspect -f '{{.Image}}' "$pr_id" 2>/dev/null
  done)
  timeout 20 docker images -q --no-trunc -f dangling=true 2>/dev/null | sort -u | while read -r pr_image; do
    case $NL$pr_used$NL in
      *"$NL$pr_image$NL"*) ;;
      *) propose "the image ${pr_image#sha256:} goes, which has no name and no container" "docker rmi $(quoted "$pr_image")" ;;
    esac
  done
}
