# shellcheck shell=sh

# find_keys USER: the folder and the file that hold the user's keys, as $KEY_FOLDER and $KEY_FILE. A link could lead what
# root writes to anywhere.
find_keys() {
  account "$1" || return 1
  KEY_FOLDER=$HOME_FOLDER/.ssh
  KEY_FILE=$KEY_FOLDER/authorized_keys
  [ ! -L "$KEY_FOLDER" ] || cannot "$KEY_FOLDER is a link; make it a folder of $1"
  [ ! -L "$KEY_FILE" ] || cannot "$KEY_FILE is a link; make it a file of $1"
}

# has_key BLOB: on a line that is no comment. The characters of a blob mean themselves in a basic expression.
has_key() {
  [ -f "$KEY_FILE" ] || return 1
  hk_start='^[[:blank:]]*[^#[:blank:]].*[[:blank:]]'
  grep -q -e "$hk_start$1\$" -e "$hk_start$1[[:blank:]]" "$KEY_FILE"
}

# check_key USER BLOB NAME
check_key() {
  find_keys "$1" || differs "user $1 does not exist" || return 1
  ck_status=0
  has_key "$2" || differs "$1 does not let the key $3 in" || ck_status=1
  [ ! -d "$KEY_FOLDER" ] || has_attributes "$KEY_FOLDER" 700 "$1" '' || ck_status=1
  [ ! -f "$KEY_FILE" ] || has_attributes "$KEY_FILE" 600 "$1" '' || ck_status=1
  return "$ck_status"
}

# apply_key USER BLOB LINE
apply_key() {
  find_keys "$1" || cannot "user $1 does not exist"
  ak_group=$(id -gn -- "$1") || return 2
  [ -d "$HOME_FOLDER" ] || cannot "the home of $1, $HOME_FOLDER, does not exist"
  [ -d "$KEY_FOLDER" ] || mkdir -m 0700 -- "$KEY_FOLDER" || return 2
  set_attributes "$KEY_FOLDER" 700 "$1" "$ak_group" || return 2
  read_text "$KEY_FILE"
  if ! has_key "$2"; then
    [ -z "$TEXT" ] || TEXT="${TEXT%"$NL"}$NL"
    TEXT="$TEXT$3$NL"
  fi
  printf %s "$TEXT" | replace_file "$KEY_FILE" 600 "$1" "$ak_group" || return 2
  # SELinux lets sshd read files of the right type only.
  ! have restorecon || restorecon -R "$KEY_FOLDER" || :
}
