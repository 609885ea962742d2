# shellcheck shell=sh
# The file system. Needs ask.sh.

# shellcheck disable=SC2016 # jq's own variables
FILESYSTEM_PROGRAM='
  def states: [.mdsmap.info[] | "mds.\(.name) is \(.state)"] | if length == 0 then "no MDS serves it" else join(", ") end;
  (([.filesystems[].mdsmap.info[].name] + [.standbys[].name] | unique) - $mdss
   | .[] | "note: mds.\(.) is in the cluster and not in the inventory; nothing was done about it. To remove it: systemctl disable --now ceph-mds@\(.) on its host, then ceph auth rm mds.\(.)"),
  ([.filesystems[] | select(.mdsmap.fs_name == $name)]
   | if length == 0 then "there is no file system \($name)"
     elif [.[0].mdsmap.info[] | select(.state == "up:active")] == [] then
       "no MDS of the file system \($name) is active: \(.[0] | states) (pitfall cephfs-no-mds)"
     else empty end)'

# judge_filesystem NAME MDSS: by the map of the file systems in $ANSWER; MDSS are the daemons of the inventory, as JSON.
judge_filesystem() {
  judge "$FILESYSTEM_PROGRAM" --arg name "$1" --argjson mdss "$2"
}

check_filesystem() {
  ask_filesystems && judge_filesystem "$@"
}

# ask_filesystems: what `ceph` says beside the answer is no news: "dumped fsmap epoch 7".
ask_filesystems() {
  can_ask || return 1
  ask fs dump >/dev/null || differs 'the monitors do not tell which file systems there are'
}

# apply_filesystem NAME MDSS METADATA DATA SECONDS
apply_filesystem() {
  ask_filesystems || return 2
  af_there=$(printf '%s\n' "$ANSWER" | jq --arg name "$1" '[.filesystems[] | select(.mdsmap.fs_name == $name)] | length')
  [ "$af_there" != 0 ] || ceph_cmd fs new "$1" "$3" "$4" || return 2
  af_end=$(($(date +%s) + $5)) af_told=0
  until af_why=$(check_filesystem "$1" "$2"); do
    af_now=$(date +%s)
    if [ "$af_now" -ge "$af_end" ]; then
      printf '%s\n' "$af_why" "Look why on the hosts with the role mds: journalctl -u 'ceph-mds@*', /var/log/ceph/ceph-mds.*.log"
      return 2
    fi
    if [ "$((af_now - af_told))" -ge 5 ]; then
      af_told=$af_now
      printf 'waiting for an active MDS (%s s left): %s\n' "$((af_end - af_now))" "$af_why"
    fi
    sleep 1
  done
}

# folders look|make NAME PROGRAM PATH...: the program speaks to the file system as a client does, but mounts nothing.
folders() {
  fo_verb=$1 fo_name=$2 fo_program=$3
  shift 3
  can_ask || return 1
  for fo_python in python3 python2 python; do
    if have "$fo_python" && "$fo_python" -c 'import cephfs' 2>/dev/null; then
      timeout -k 5 40 "$fo_python" -c "$fo_program" "$fo_verb" "$fo_name" "$@"
      return
    fi
  done
  differs 'the Python module cephfs is missing; it comes with the package ceph-common'
}
