# shellcheck shell=sh
# What the admin host asks the other hosts. These functions are sent there, so they use nothing of ours but conf.sh and found.sh.

# tell_conf KEY VALUE...: "fsid FSID" ("fsid none" without a file, "fsid unknown" without one in it), then what differs.
tell_conf() {
  tc_fsid=$(fsid_of /etc/ceph/ceph.conf)
  [ -s /etc/ceph/ceph.conf ] || tc_fsid=none
  printf 'fsid %s\n' "${tc_fsid:-unknown}"
  [ "$tc_fsid" = none ] || conf_has /etc/ceph/ceph.conf "$@" || :
}

# remove_orphans: ceph-deploy writes each ceph.conf beside first, and forgets the file.
remove_orphans() {
  for ro_file in /etc/ceph/tmp????????; do
    [ -f "$ro_file" ] || continue
    [ -s "$ro_file" ] && ! cmp -s "$ro_file" /etc/ceph/ceph.conf || rm -f "$ro_file"
  done
}

# tell_mon NAME: one line of JSON about the monitor of this host. It is asked by its own socket, which takes no key and no quorum.
tell_mon() {
  tm_data=false
  [ ! -d "/var/lib/ceph/mon/ceph-$1/store.db" ] || tm_data=true
  tm_told=$(timeout 10 ceph --admin-daemon "/var/run/ceph/ceph-mon.$1.asok" mon_status 2>/dev/null) || tm_told='{}'
  printf '%s\n' "$tm_told" | jq -c --argjson data "$tm_data" '{
    data: $data, state: (.state // "down"), epoch: (.monmap.epoch // 0), fsid: .monmap.fsid,
    mons: [.monmap.mons[]?.name]
  }'
}

# tell_made KIND NAME: "absent", "running", or "down" when it was made and its own host can start it.
tell_made() {
  if [ ! -s "/var/lib/ceph/$1/ceph-$2/keyring" ]; then
    echo absent
  elif systemctl -q is-active "ceph-$1@$2.service" 2>/dev/null; then
    echo running
  elif [ -e "/var/lib/ceph/$1/ceph-$2/done" ] || systemctl -q is-enabled "ceph-$1@$2.service" 2>/dev/null; then
    echo down
  else
    echo absent
  fi
}

# free_mon NAME: the data of a monitor that was cut while it was made is moved aside: it would never start.
free_mon() {
  fm_data=/var/lib/ceph/mon/ceph-$1
  [ -d "$fm_data" ] && [ ! -e "$fm_data/done" ] && [ -n "$(ls -A "$fm_data")" ] || return 0
  ! systemctl -q is-active "ceph-mon@$1" 2>/dev/null || return 0
  systemctl reset-failed "ceph-mon@$1" 2>/dev/null
  ! timeout -k 5 60 ceph-mon -i "$1" --extract-monmap /dev/null --setuser ceph --setgroup ceph >/dev/null 2>&1 || return 0
  fm_aside=/var/lib/ceph/mon-removed/ceph-$1-$(date +%Y%m%d-%H%M%S)
  mkdir -p /var/lib/ceph/mon-removed && mv "$fm_data" "$fm_aside" || return 1
  printf 'the data of mon.%s was made by half and has never run; it was moved to %s\n' "$1" "$fm_aside"
}

# tell_admin_key: "absent", or "MODE OWNER:GROUP SHA256" of the admin key; of the key itself nothing is told.
tell_admin_key() {
  tk_file=/etc/ceph/ceph.client.admin.keyring
  if [ -s "$tk_file" ]; then
    printf '%s %s\n' "$(stat -L -c '%a %U:%G' "$tk_file")" "$(key_sum "$tk_file")"
  else
    echo absent
  fi
}

# key_sum KEYRING: of the first key in it.
key_sum() {
  ks_sum=$(awk '$1 == "key" && $2 == "=" { print $3; exit }' "$1" | sha256sum)
  printf '%s\n' "${ks_sum%% *}"
}

# own_daemon KIND NAME: ceph-deploy leaves its folder to root. Then it starts, now and with the host.
own_daemon() {
  od_folder=/var/lib/ceph/$1/ceph-$2
  chown -R ceph:ceph "$od_folder" && chmod 0600 "$od_folder/keyring" || return 1
  # Of no use any more; it could make others.
  rm -f "/var/lib/ceph/bootstrap-$1/ceph.keyring"
  [ -d /run/systemd/system ] || return 0
  systemctl -q enable "ceph-$1.target" "ceph-$1@$2.service" || return 1
  systemctl -q is-active "ceph-$1@$2.service" && return 0
  systemctl reset-failed "ceph-$1@$2.service" 2>/dev/null
  systemctl start "ceph-$1@$2.service"
}

# receive_keyring KIND NAME: the keyring on standard input becomes that of a daemon which the cluster knows already.
receive_keyring() {
  rk_folder=/var/lib/ceph/$1/ceph-$2
  mkdir -p "$rk_folder" && chmod 0700 "$rk_folder" || return 1
  (umask 077 && cat >"$rk_folder/keyring.new") && mv -f "$rk_folder/keyring.new" "$rk_folder/keyring"
}

# explain_daemon KIND NAME: why it does not run.
explain_daemon() {
  [ ! -d /run/systemd/system ] || systemctl --no-pager -l -n 0 status "ceph-$1@$2.service" 2>&1 | sed -n 1,6p
  tail -n 15 "/var/log/ceph/ceph-$1.$2.log" 2>/dev/null
}
