# shellcheck shell=sh
# engine_key: $KEY tells this very start of the engine from every other, and so its program and its settings. Empty when it
# does not run.
engine_key() {
  KEY='' ek_pid=
  [ -r /run/docker.pid ] || return 0
  # It does not end in a newline.
  read -r ek_pid </run/docker.pid || [ -n "$ek_pid" ] || return 0
  kill -0 "$ek_pid" 2>/dev/null || return 0
  if [ -L /run/systemd/units/invocation:docker.service ]; then
    KEY=$(readlink /run/systemd/units/invocation:docker.service)
  else
    # systemd before 236.
    KEY=$(systemctl show -p ExecMainStartTimestampMonotonic docker.service)
    read -r ek_boot </proc/sys/kernel/random/boot_id
    KEY=$ek_boot/$KEY
  fi
}

# copy_program PROGRAM FOLDER: with the libraries that it loads.
copy_program() {
  for cp_file in "$1" $(ldd "$1" 2>/dev/null); do
    case $cp_file in
      /*) mkdir -p "$2${cp_file%/*}" && cp -L "$cp_file" "$2$cp_file" || return 2 ;;
    esac
  done
}

# run_container: an image made of this host's own echo, run once without a network; nothing of it stays.
run_container() {
  rc_name=provision-proof-$$
  rc_folder=$(mktemp -d) || return 2
  trap 'rm -rf "$rc_folder"; docker rm -f "$rc_name" >/dev/null 2>&1; docker rmi -f "$rc_name" >/dev/null 2>&1' EXIT
  copy_program /bin/echo "$rc_folder" || return 2
  tar -C "$rc_folder" -c . | timeout 60 docker import - "$rc_name" >/dev/null || return 1
  rc_said=$(timeout 60 docker run --rm --name "$rc_name" --net=none "$rc_name" /bin/echo "$rc_name") || return 1
  [ "$rc_said" = "$rc_name" ] || differs "the container said \"$rc_said\""
}

# has_engine_settings ROOT DRIVER: does the running engine use them?
has_engine_settings() {
  he_info=$NL$(timeout 30 docker info 2>&1)$NL
  case $he_info in
    *"Docker Root Dir: $1$NL"*) ;;
    *) differs "the engine does not keep its data in $1" || return 1 ;;
  esac
  case $he_info in
    *"Cgroup Driver: $2$NL"* | *"Cgroup Driver: $2 "*) ;;
    *) differs "the engine does not use the cgroup driver $2" || return 1 ;;
  esac
}
