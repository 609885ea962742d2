# shellcheck shell=sh
# Do the pitfalls of this stage show on this host? They only look.

# ---- registries without HTTPS ----

# plain_registries: HOST:PORT of the registries of which the runtimes said within the last hour that they speak HTTP, each once.
plain_registries() {
  have journalctl || return 0
  timeout 10 journalctl -q -u docker.service -u containerd.service --since=-1h -n 4000 -o cat 2>/dev/null |
    awk '/HTTP response to HTTPS client|first record does not look like a TLS handshake/ && match($0, /https:\/\/[^\/"\\ ]+\//) {
      name = substr($0, RSTART + 8, RLENGTH - 9)
      if (!(name in seen)) print name
      seen[name] = 1
    }'
}

# speaks_http REGISTRY: is it still there, and still without a certificate?
speaks_http() {
  have curl && curl -s -o /dev/null --noproxy '*' --max-time 2 "http://$1/v2/" 2>/dev/null
}

# is_admitted REGISTRY DAEMON_JSON CERTS: does the engine know by its settings that it speaks HTTP, or containerd by its own?
is_admitted() {
  ia_name=$(printf '%s\n' "$1" | sed 's/[.[\*^$]/\\&/g')
  if [ -r "$3/$1/hosts.toml" ]; then
    grep -q -e '"http://' "$3/$1/hosts.toml" && return 0
  fi
  tr -d ' \n\t' <"$2" 2>/dev/null | grep -q -e "\"insecure-registries\":\[[^]]*\"$ia_name\""
}

# probe_registries DAEMON_JSON CERTS
probe_registries() {
  pr_found=
  for pr_name in $(plain_registries); do
    is_admitted "$pr_name" "$1" "$2" || ! speaks_http "$pr_name" ||
      pr_found="$pr_found${pr_found:+$NL}Get https://$pr_name/v2/: http: server gave HTTP response to HTTPS client; $pr_name is not in insecure-registries of $1"
  done
  [ -z "$pr_found" ] || differs "$pr_found"
}

# ---- the data root in daemon.json ----

# engine_number: 2010 for 20.10, 1703 for 17.03; what comes before, such as 1.13, is 113.
engine_number() {
  en_version=$(dockerd --version 2>/dev/null) || return 1
  en_version=${en_version#Docker version }
  en_rest=${en_version#*.}
  en_minor=${en_rest%%[!0-9]*}
  case ${en_version%%.*}$en_minor in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "${#en_minor}" -gt 1 ] || en_minor=0$en_minor
  printf '%s%s\n' "${en_version%%.*}" "$en_minor"
}

# has_taken FILE PID_FILE: does an engine run that has started since the file was written? Then it knows the keys in it.
has_taken() {
  ht_pid=
  [ -n "$(find "$2" -newer "$1" 2>/dev/null)" ] && { read -r ht_pid <"$2" || [ -n "$ht_pid" ]; } && [ -d "/proc/$ht_pid" ]
}

# probe_root_key DAEMON_JSON PID_FILE: a key of another age than the engine, which takes a twentieth of a second to say its version.
probe_root_key() {
  [ -r "$1" ] && have dockerd && ! has_taken "$1" "$2" || return 0
  pk_key=$(sed -n -E 's/.*"(graph|data-root)"[[:space:]]*:.*/\1/p' "$1" | sort -u | tr '\n' ' ')
  [ -n "$pk_key" ] || return 0
  pk_number=$(engine_number) || cannot 'dockerd does not say its version'
  case $pk_key in
    *graph*) [ "$pk_number" -lt 2300 ] || differs "$1 has the key \"graph\", which this engine does not know any more ($(dockerd --version))" || return ;;
  esac
  case $pk_key in
    *data-root*) [ "$pk_number" -ge 1705 ] || differs "$1 has the key \"data-root\", which this engine does not know yet ($(dockerd --version))" || return ;;
  esac
}

# ---- volumes ----

# Where a cure marks volumes that it has seen the engine delete.
MARKS=/run/provision/unlink

# huge_folders ROOT: folders in volumes that are over 10 MB by themselves, or that ext4 no longer counts the sub-folders of: it has more
# than 64,998. A volume and what is right in it are looked at, and no more: a walk through all files would take as long as deleting them.
huge_folders() {
  [ -d "$1/volumes" ] || return 0
  hf_type=$(stat -f -c %T "$1/volumes" 2>/dev/null)
  case $hf_type in
    ext*) set -- "$1/volumes" '(' -size +20480 -o -links 1 ')' ;;
    *) set -- "$1/volumes" -size +20480 ;;
  esac
  hf_folder=$1
  shift
  timeout 5 find "$hf_folder" -mindepth 2 -maxdepth 3 -type d "$@" -print -prune 2>/dev/null
}

# volume_of ROOT FOLDER: the name of the volume.
volume_of() {
  vo_rest=${2#"$1/volumes/"}
  printf '%s\n' "${vo_rest%%/*}"
}

# users_of ROOT VOLUME: the files of the engine about the containers that have the volume. The engine itself may not answer: that is the
# pitfall.
users_of() {
  grep -l -s -F -e "/volumes/$2/" "$1"/containers/*/config.v2.json
}

# user_name FILE: "NAME of the image IMAGE".
user_name() {
  sed -n -E 's|.*"Image":"([^"]*)","Volumes".*"Name":"/?([^"]*)".*|\2 of the image \1|p' "$1" | head -n 1
}

# probe_volumes ROOT
probe_volumes() {
  pv_folders=$(huge_folders "$1")
  pv_status=$?
  [ "$pv_status" -lt 124 ] || [ -n "$pv_folders" ] || cannot "the folders in $1/volumes could not be looked through within 5 s"
  [ -n "$pv_folders" ] || return 0
  printf '%s\n' "$pv_folders" | while IFS= read -r pv_folder; do
    printf 'huge folder in a volume: %s\n' "$pv_folder"
    users_of "$1" "$(volume_of "$1" "$pv_folder")" | while IFS= read -r pv_file; do
      printf 'it is of the container %s\n' "$(user_name "$pv_file")"
    done
  done
  return 1
}

# engine_deletes ROOT VOLUME PID_FILE: has the engine a folder of the volume open? It has while it deletes what is in it.
engine_deletes() {
  ed_pid=
  [ -r "$3" ] || return 1
  read -r ed_pid <"$3" || [ -n "$ed_pid" ] || return 1
  # shellcheck disable=SC2010 # names are numbers
  ls -l "/proc/$ed_pid/fd" 2>/dev/null | grep -q -F -e " -> $1/volumes/$2/"
}

# why_keep ROOT VOLUME PID_FILE: why its files must stay; nothing when the engine itself was deleting them. A container that the engine
# has begun to take away is dead. That it was so is marked, because a stopped engine does not show it.
why_keep() {
  [ ! -e "$MARKS/$2" ] || return 0
  case $2 in
    *[!0-9a-f]*)
      printf 'the volume %s was given its name by somebody, so its files are data\n' "$2"
      return 0
      ;;
  esac
  wk_users=$(users_of "$1" "$2")
  if [ -n "$wk_users" ]; then
    printf '%s\n' "$wk_users" | while IFS= read -r wk_file; do
      grep -q -e '"Dead":true' "$wk_file" ||
        printf 'the volume %s is of the container %s, which is not being removed: its files are data. Delete its pod first\n' "$2" "$(user_name "$wk_file")"
    done
  elif ! engine_deletes "$1" "$2" "$3"; then
    printf 'the engine is not deleting the volume %s, so its files may be wanted. If not: docker volume rm %s\n' "$2" "$2"
  fi
}

# why_keep_any ROOT PID_FILE: of all that the probe finds, the first reason.
why_keep_any() {
  huge_folders "$1" | while IFS= read -r wa_folder; do
    why_keep "$1" "$(volume_of "$1" "$wa_folder")" "$2"
  done | head -n 1
}

# may_unlink ROOT PID_FILE
may_unlink() {
  mu_why=$(why_keep_any "$1" "$2")
  [ -z "$mu_why" ] || refuse "$mu_why"
}

# propose_unlinking ROOT PID_FILE UNIT: deletes, off the engine's lock, what the engine was deleting already.
propose_unlinking() {
  pu_why=$(why_keep_any "$1" "$2")
  if [ -n "$pu_why" ]; then
    refuse "$pu_why"
    return
  fi
  pu_folders=$(huge_folders "$1")
  pu_active=$(systemctl is-active "$3" 2>/dev/null)
  if [ -n "$pu_folders" ] && [ "$pu_active" != inactive ]; then
    pu_names=$(printf '%s\n' "$pu_folders" | while IFS= read -r pu_folder; do
      printf ' %s' "$(quoted "$MARKS/$(volume_of "$1" "$pu_folder")")"
    done)
    propose 'the engine stops, and with it its containers' "mkdir -p $MARKS && touch$pu_names && systemctl stop docker.socket $3"
  fi
  [ -z "$pu_folders" ] || printf '%s\n' "$pu_folders" | while IFS= read -r pu_folder; do
    propose "$pu_folder goes, which the engine was deleting" "find $(quoted "$pu_folder") -xdev -depth -delete"
  done
  if [ -n "$pu_folders" ] || [ -d "$MARKS" ]; then
    propose 'the engine starts' "systemctl start $3 && rm -rf $MARKS"
  fi
}

# ---- start and cgroup driver ----

# probe_engine UNIT CONFIG FLAGS DAEMON_JSON PID_FILE: what kubelet says of its cgroup driver counts where it speaks to Docker. The engine, which
# starts two programs to say its own, is not asked where it has taken that from its settings: it does not start with a flag that says otherwise.
probe_engine() {
  have docker && have dockerd || return 0
  pe_status=0
  # Where the package has it; to ask takes a hundredth of a second.
  [ -e "/etc/systemd/system/multi-user.target.wants/$1" ] || systemctl -q is-enabled "$1" 2>/dev/null || differs "$1 does not start with the host" || pe_status=1
  pe_kubelet=$(sed -n 's/^cgroupDriver: *"\{0,1\}\([a-z]*\).*/\1/p' "$2" 2>/dev/null)
  [ -n "$pe_kubelet" ] && ! grep -q -s -e 'containerd\.sock' "$3" "$2" || return "$pe_status"
  ! { has_taken "$4" "$5" && grep -q -e "\"native\.cgroupdriver=$pe_kubelet\"" "$4"; } || return "$pe_status"
  pe_driver=$(timeout 10 docker info --format '{{.CgroupDriver}}' 2>/dev/null)
  case $pe_driver in
    systemd | cgroupfs) ;;
    *) return "$pe_status" ;;
  esac
  [ "$pe_driver" = "$pe_kubelet" ] || differs "kubelet cgroup driver: \"$pe_kubelet\" is different from docker cgroup driver: \"$pe_driver\"" || pe_status=1
  return "$pe_status"
}
