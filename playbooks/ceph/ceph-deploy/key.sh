# shellcheck shell=sh
# Keys of ssh: the host's own, and the one of the user who deploys.

# tell_host_keys: "port N" for each port of sshd, then its public keys.
tell_host_keys() {
  sshd -T 2>/dev/null | sed -n 's/^port \([0-9]*\)$/port \1/p'
  for th_file in /etc/ssh/ssh_host_*_key.pub; do
    [ ! -r "$th_file" ] || cat "$th_file"
  done
}

# public_of PRIVATE: type and key; fails when it is no private key.
public_of() {
  po_line=$(ssh-keygen -y -P '' -f "$1" 2>/dev/null) || return 1
  printf '%s\n' "$po_line" | cut -d ' ' -f 1,2
}

# check_key_pair USER FOLDER COMMENT
check_key_pair() {
  ck_key=$2/id_ed25519
  [ -s "$ck_key" ] || differs "$ck_key is missing" || return 1
  has_attributes "$ck_key" 600 "$1" '' || return 1
  ck_public=$(public_of "$ck_key") || differs "$ck_key is not a key without a passphrase" || return 1
  [ -s "$ck_key.pub" ] && [ "$(cut -d ' ' -f 1,2 "$ck_key.pub")" = "$ck_public" ] ||
    differs "$ck_key.pub is not the public part of $ck_key"
}

# make_key_pair USER FOLDER COMMENT: a key that is there stays; its public part is made from it.
make_key_pair() {
  mk_key=$2/id_ed25519
  mk_group=$(id -gn -- "$1") || return 2
  have ssh-keygen || cannot 'this host has no ssh-keygen: install openssh-client'
  [ ! -L "$2" ] || cannot "$2 is a link; make it a folder of $1"
  [ -d "$2" ] || mkdir -m 0700 "$2" || return 2
  set_attributes "$2" 700 "$1" "$mk_group" || return 2
  if [ ! -s "$mk_key" ]; then
    # What a run that was cut has left.
    rm -f "$2"/.provision-key.*
    ssh-keygen -q -t ed25519 -N '' -C "$3" -f "$2/.provision-key.$$" </dev/null || return 2
    set_attributes "$2/.provision-key.$$" 600 "$1" "$mk_group" && mv -f "$2/.provision-key.$$" "$mk_key" || return 2
    rm -f "$2/.provision-key.$$.pub"
  fi
  set_attributes "$mk_key" 600 "$1" "$mk_group" || return 2
  mk_public=$(public_of "$mk_key") || cannot "$mk_key is not a key without a passphrase; move it away, and a new one is made"
  printf '%s %s\n' "$mk_public" "$3" | replace_file "$mk_key.pub" 644 "$1" "$mk_group"
}
