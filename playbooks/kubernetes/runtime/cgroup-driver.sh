# shellcheck shell=sh

# check_driver DRIVER: does the engine manage cgroups as kubelet will? In a plan, the stage docker may still bring it about.
check_driver() {
  if ! have docker; then
    [ "$MODE" = look ] || cannot 'Docker is not installed; run the stage docker first'
    echo 'note: the cgroup driver of Docker is known after the stage docker'
    return 0
  fi
  cd_driver=$(timeout 20 docker info --format '{{.CgroupDriver}}' 2>&1) || {
    [ "$MODE" = look ] || cannot "docker info: $cd_driver"
    echo 'note: the cgroup driver of Docker is known after the stage docker'
    return 0
  }
  [ "$cd_driver" != "$1" ] || return 0
  if [ "$MODE" = look ]; then
    echo "note: Docker now has the cgroup driver $cd_driver; the stage docker sets it to $1"
    return 0
  fi
  printf 'kubelet cgroup driver: "%s" is different from docker cgroup driver: "%s"\n' "$1" "$cd_driver"
  printf 'Run the stage docker, which puts native.cgroupdriver=%s into /etc/docker/daemon.json, and look there for a flag of dockerd that says otherwise\n' "$1"
  return 2
}
