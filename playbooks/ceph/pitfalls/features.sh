# shellcheck shell=sh
# Which features of images a kernel maps, and which new images get.

# mappable KERNEL: the features, as the sum of their bits, that its rbd driver knows of those that images get. As
# playbooks/ceph/rbd-features.ts has it.
mappable() {
  mp_major=${1%%.*}
  mp_minor=${1#*.}
  mp_minor=${mp_minor%%[!0-9]*}
  mp_version=$((mp_major * 1000 + mp_minor))
  if [ "$mp_version" -ge 5003 ]; then
    echo 61
  elif [ "$mp_version" -ge 5001 ]; then
    echo 37
  elif [ "$mp_version" -ge 4009 ]; then
    echo 5
  else
    echo 1
  fi
}

# feature_bit NAME: 0 for one that any kernel maps.
feature_bit() {
  case $1 in
    layering) echo 1 ;;
    exclusive-lock) echo 4 ;;
    object-map) echo 8 ;;
    fast-diff) echo 16 ;;
    deep-flatten) echo 32 ;;
    journaling) echo 64 ;;
    data-pool | striping | '') echo 0 ;;
    *) echo 128 ;;
  esac
}

# default_features CONF: of new images, as the sum of their bits; the file has a number or names.
default_features() {
  df_value=$(sed -n 's/^[[:space:]]*rbd[ _-]default[ _-]features[[:space:]]*=[[:space:]]*\([^#;]*\).*/\1/p' "$1" | tail -n 1 | tr -d ' \t"')
  case $df_value in
    '') echo 61 ;;
    *[!0-9]*)
      df_sum=0
      for df_name in $(printf '%s' "$df_value" | tr ',' ' '); do
        df_sum=$((df_sum | $(feature_bit "$df_name")))
      done
      echo "$df_sum"
      ;;
    *) echo "$df_value" ;;
  esac
}

# probe_default_features CONF KERNEL: on a host that maps images: will it map those that are made by CONF?
probe_default_features() {
  have rbd && [ -r "$1" ] || return 0
  pf_value=$(default_features "$1")
  pf_mappable=$(mappable "$2")
  [ $((pf_value | pf_mappable)) -eq "$pf_mappable" ] ||
    differs "new images get the features $pf_value, and the kernel $2 maps those of $pf_mappable"
}
