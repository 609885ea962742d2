# shellcheck shell=sh
# The images of the cluster's own pods, in the runtime of this host. RUNTIME is docker or containerd.

# What only control planes run.
CONTROL_PLANE_IMAGES='/(kube-apiserver|kube-controller-manager|kube-scheduler|etcd)[:@]'

# wanted_images ROLE REPOSITORY FOLDER: names, a line each: what the installed kubeadm runs, and what the folder holds besides.
wanted_images() {
  wi_version=$(kubeadm version -o short) || return 2
  set -- "$1" "$2" "$3" --kubernetes-version "$wi_version"
  wi_repository=$2 wi_role=$1 wi_folder=$3
  shift 3
  [ -z "$wi_repository" ] || set -- "$@" --image-repository "$wi_repository"
  wi_names=$(kubeadm config images list "$@" 2>/dev/null) || return 2
  {
    printf '%s\n' "$wi_names"
    [ -z "$wi_folder" ] || [ ! -r "$wi_folder/images/index.txt" ] || sed 's/ .*//' "$wi_folder/images/index.txt"
  } | sort -u | if [ "$wi_role" = control-plane ]; then cat; else grep -Ev "$CONTROL_PLANE_IMAGES"; fi
}

# full_name NAME: as containerd writes it: docker.io/library/busybox:1.35.
full_name() {
  case ${1%%/*} in
    "$1") printf 'docker.io/library/%s\n' "$1" ;;
    *.* | *:* | localhost) printf '%s\n' "$1" ;;
    *) printf 'docker.io/%s\n' "$1" ;;
  esac
}

# missing_images RUNTIME NAME...: those that are not there, a line each.
missing_images() {
  mi_runtime=$1
  shift
  if [ "$mi_runtime" = docker ]; then
    mi_there=$(docker image ls --format '{{.Repository}}:{{.Tag}}' 2>&1) || cannot "docker does not tell its images: $mi_there"
  else
    mi_there=$(ctr -n k8s.io images ls -q 2>&1) || cannot "containerd does not tell its images: $mi_there"
  fi
  for mi_name in "$@"; do
    mi_known=$mi_name
    [ "$mi_runtime" = docker ] || mi_known=$(full_name "$mi_name")
    case $NL$mi_there$NL in
      *"$NL$mi_known$NL"*) ;;
      *) printf '%s\n' "$mi_name" ;;
    esac
  done
}

# check_images RUNTIME ROLE REPOSITORY FOLDER
check_images() {
  have kubeadm || differs 'kubeadm is not installed yet' || return
  ci_wanted=$(wanted_images "$2" "$3" "$4") || cannot 'kubeadm does not tell which images it runs'
  # shellcheck disable=SC2086 # to be split
  ci_missing=$(missing_images "$1" $ci_wanted) || { printf '%s\n' "$ci_missing" && return 2; }
  [ -z "$ci_missing" ] || differs "to be fetched: $(printf '%s' "$ci_missing" | tr '\n' ' ')"
}

# load_image RUNTIME FILE
load_image() {
  if [ "$1" = docker ]; then docker load -q -i "$2"; else ctr -n k8s.io images import "$2"; fi
}

# pull_image RUNTIME NAME: by who will pull it later, so that mirrors, proxies and trust are the same.
pull_image() {
  if [ "$1" = docker ]; then docker pull -q "$2"; else crictl pull "$2"; fi
}

# fetch_image RUNTIME FOLDER NAME: from the folder, else from its registry.
fetch_image() {
  fi_file=
  [ -z "$2" ] || [ ! -r "$2/images/index.txt" ] || fi_file=$(awk -v name="$3" '$1 == name { print $2; exit }' "$2/images/index.txt")
  if [ -n "$fi_file" ]; then
    load_image "$1" "$2/images/$fi_file"
    return
  fi
  # A registry may be busy for a moment.
  pull_image "$1" "$3" || { sleep 5 && pull_image "$1" "$3"; }
}

# fetch_images RUNTIME ROLE REPOSITORY FOLDER
fetch_images() {
  fi_wanted=$(wanted_images "$2" "$3" "$4") || return 2
  # shellcheck disable=SC2086 # to be split
  fi_missing=$(missing_images "$1" $fi_wanted) || return 2
  fi_number=0 fi_status=0
  fi_count=$(printf '%s\n' "$fi_missing" | wc -l)
  for fi_name in $fi_missing; do
    fi_number=$((fi_number + 1))
    printf 'image %s of %s: %s\n' "$fi_number" "$fi_count" "$fi_name"
    fetch_image "$1" "$4" "$fi_name" || { printf 'The image %s cannot be had.\n' "$fi_name" && fi_status=2; }
  done
  [ "$fi_status" -eq 0 ] ||
    echo 'Open the way to the registry, or set kubernetes.imageRepository, docker.registryMirrors or proxy in the inventory, or bring the images in kubernetes.folder; then run again'
  return "$fi_status"
}
