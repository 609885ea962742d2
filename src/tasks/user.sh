# shellcheck shell=sh

# account NAME: its line of the user database as $ACCOUNT, its home as $HOME_FOLDER and its shell as $LOGIN_SHELL.
account() {
  if have getent; then
    ACCOUNT=$(getent passwd "$1")
  else
    ACCOUNT=$(grep "^$1:" /etc/passwd)
  fi || return 1
  # shellcheck disable=SC2034 # for check_user
  LOGIN_SHELL=${ACCOUNT##*:}
  HOME_FOLDER=${ACCOUNT%:*}
  HOME_FOLDER=${HOME_FOLDER##*:}
}
