# shellcheck shell=sh
# Whether a command of a remedy is still to be run. Needs cure.sh.

# check_cure COMMAND SCRIPT [WORDS]...: does SCRIPT, which looks at the host now, still propose COMMAND?
check_cure() {
  cc_command=$1 cc_script=$2
  shift 2
  cc_told=$(eval "$cc_script") || cannot "$cc_told"
  cc_tab=$(printf '\t')
  case "$cc_told
" in
    *"$cc_tab$cc_command
"*) differs "to be run: $cc_command" ;;
  esac
}
