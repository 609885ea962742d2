# shellcheck shell=sh
# containerd's configuration, which differs between 1.x and 2.x.

# containerd_major: 1 or 2, of the containerd that is installed.
containerd_major() {
  case $(containerd --version 2>/dev/null) in
    *' v'[01].* | *' '[01].*) echo 1 ;;
    *' v'[2-9].* | *' '[2-9].*) echo 2 ;;
    *) return 1 ;;
  esac
}

# stale_registries FOLDER NAME...: files of ours below FOLDER for registries that are none of these, a line each.
stale_registries() {
  sr_folder=$1
  shift
  for sr_file in "$sr_folder"/*/hosts.toml; do
    [ -r "$sr_file" ] || continue
    sr_name=${sr_file%/hosts.toml}
    sr_name=${sr_name##*/}
    case " $* " in
      *" $sr_name "*) continue ;;
    esac
    read -r sr_line <"$sr_file"
    [ "$sr_line" != '# Managed by provision.' ] || printf '%s\n' "$sr_file"
  done
}
