# shellcheck shell=sh
# Top-level keys of a YAML file of kubeadm's making, such as /var/lib/kubelet/config.yaml.

# yaml_key FILE KEY: the lines of the key, without quotes and sorted, since who writes YAML chooses both.
yaml_key() {
  awk -v key="$2" '
    /^[^ \t#-]/ { inside = (index($0, key ":") == 1) }
    inside && NF { gsub(/["\047]/, ""); sub(/[ \t]+$/, ""); print }
  ' "$1" | sort
}

# same_key FILE KEY TEXT: does the file say the same of the key as TEXT does?
same_key() {
  sk_wanted=$(printf '%s\n' "$3" | yaml_key /dev/stdin "$2")
  [ "$(yaml_key "$1" "$2")" = "$sk_wanted" ]
}

# without_keys FILE KEY...: the file without these.
without_keys() {
  wk_file=$1
  shift
  awk -v keys="$*" '
    BEGIN { count = split(keys, key, " ") }
    /^[^ \t#-]/ {
      inside = 0
      for (i = 1; i <= count; i++) if (index($0, key[i] ":") == 1) inside = 1
    }
    !inside
  ' "$wk_file"
}

# check_config FILE TEXT KEY...: TEXT is YAML with all of the keys. Without the file the host is no node yet, and kubeadm writes it so.
check_config() {
  cc_file=$1 cc_text=$2 cc_status=0
  shift 2
  [ -e "$cc_file" ] || return 0
  for cc_key in "$@"; do
    same_key "$cc_file" "$cc_key" "$cc_text" || differs "$cc_file: $cc_key is not as declared" || cc_status=1
  done
  return "$cc_status"
}

# apply_config FILE TEXT KEY...
apply_config() {
  ac_file=$1 ac_text=$2
  shift 2
  ac_rest=$(without_keys "$ac_file" "$@") || return 2
  printf '%s\n%s\n' "$ac_rest" "$ac_text" | replace_file "$ac_file" '' '' ''
}
