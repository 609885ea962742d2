# shellcheck shell=sh
# Tells what a host is like. Reads only, runs as any user, needs nothing beyond a POSIX shell and grep: what a host lacks
# is left out. gather-facts.ts reads the output: sections that start with a line "@@provision NAME".

section() {
  printf '\n@@provision %s\n' "$1"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

TAB=$(printf '\t')

# A dead network mount makes df wait for ever.
bounded() {
  if has timeout; then
    timeout 5 "$@"
  else
    "$@"
  fi
}

files() {
  section files
  set -- /etc/os-release /etc/lsb-release /etc/timezone \
    /proc/sys/kernel/hostname /proc/sys/kernel/osrelease /proc/1/comm /proc/swaps /proc/net/route \
    /sys/devices/system/cpu/online /sys/class/net/*/mtu /var/lib/provision/proofs/*
  has ip || set -- "$@" /proc/net/fib_trie /proc/net/if_inet6
  has lsblk || set -- "$@" /proc/partitions
  grep -asH '' "$@"
  grep -asH '^MemTotal:' /proc/meminfo
  grep -asH '^00000000000000000000000000000000 00 ' /proc/net/ipv6_route
}

init() {
  if [ -d /run/systemd/system ]; then
    echo systemd
  elif [ -x /sbin/initctl ] && [ -d /etc/init ]; then
    echo upstart
  elif [ -d /etc/init.d ] && [ -f /etc/inittab ]; then
    echo sysvinit
  else
    echo other
  fi
}

virtualization() {
  if has systemd-detect-virt; then
    systemd-detect-virt
  elif [ -e /.dockerenv ]; then
    echo docker
  elif [ -r /proc/cpuinfo ] && [ -r /sys/class/dmi/id/sys_vendor ]; then
    read -r vendor </sys/class/dmi/id/sys_vendor
    case $vendor in
      QEMU*) echo qemu ;;
      VMware*) echo vmware ;;
      innotek*) echo oracle ;;
      Xen*) echo xen ;;
      'Microsoft Corporation') echo microsoft ;;
      *) grep -q '^flags.* hypervisor' /proc/cpuinfo && echo vm-other || echo none ;;
    esac
  fi
}

cgroup() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    echo v2
  elif [ -e /sys/fs/cgroup/unified/cgroup.controllers ]; then
    echo hybrid
  else
    echo v1
  fi
}

localtime() {
  if [ -L /etc/localtime ]; then
    echo symlink
  elif [ -e /etc/localtime ]; then
    echo file
  else
    echo missing
  fi
}

package_manager() {
  for manager in apt-get:apt dnf:dnf yum:yum; do
    if has "${manager%:*}"; then
      echo "${manager#*:}"
      return
    fi
  done
  echo other
}

# The links that systemd's and SysV's ways of enabling make. A link to nothing is left of a removed package.
time_sync() {
  for synchroniser in chrony chronyd ntp ntpd ntpsec openntpd systemd-timesyncd; do
    # A masked unit leads to /dev/null.
    [ ! -c "/etc/systemd/system/$synchroniser.service" ] || continue
    for link in /etc/systemd/system/*.wants/"$synchroniser".service /etc/rc2.d/S[0-9][0-9]"$synchroniser"; do
      if [ -e "$link" ]; then
        echo "$synchroniser"
        return
      fi
    done
  done
}

# packages NAME...: and those that tell the version of a container runtime without starting it.
packages() {
  set -- "$@" docker.io docker-ce docker-engine moby-engine docker containerd containerd.io cri-o
  # shellcheck disable=SC2016 # dpkg's own variables
  if has dpkg-query; then
    dpkg-query -W -f '${db:Status-Abbrev}\t${Package}\t${Version}\n' -- "$@"
  elif has rpm; then
    rpm -q --qf 'ii \t%{NAME}\t%{VERSION}-%{RELEASE}\n' -- "$@"
  fi
}

# runtime COMMAND PACKAGE...: the version of a runtime that came without a package.
runtime() {
  has "$1" || return 0
  runtime_command=$1
  shift
  for runtime_package in "$@"; do
    case $packages_text in
      *"i $TAB$runtime_package$TAB"*) return 0 ;;
    esac
  done
  printf '%s ' "$runtime_command"
  bounded "$runtime_command" --version
}

main() {
  section started
  date +%s.%N
  files
  section links
  ls -ld /etc/localtime /usr/bin/python3 /usr/bin/python /usr/bin/python2
  section state
  printf 'init %s\nvirtualization %s\ncgroup %s\nlocaltime %s\npackage-manager %s\ntime-sync %s\nuser %s\n' \
    "$(init)" "$(virtualization)" "$(cgroup)" "$(localtime)" "$(package_manager)" "$(time_sync)" \
    "${SUDO_USER:-$(id -un)}"
  printf 'architecture %s\n' "$(uname -m)"
  if has ip; then
    section addresses
    ip -o addr
  fi
  section file-systems
  file_systems=$(bounded df -alPkT)
  [ -n "$file_systems" ] || file_systems=$(bounded df -aPkT)
  printf '%s\n' "$file_systems"
  if has lsblk; then
    section block-devices
    bounded lsblk -b -P -o NAME,TYPE,SIZE,MOUNTPOINT,FSTYPE
  fi
  section packages
  packages_text=$(packages "$@")
  printf '%s\n' "$packages_text"
  section runtimes
  runtime dockerd docker.io docker-ce docker-engine moby-engine docker
  runtime containerd containerd containerd.io docker.io moby-engine
  runtime crio cri-o
  section ended
  date +%s.%N
  return 0
}
