# shellcheck shell=sh
# Answers questions, each in a process of its own, so that nothing leaks from one to the next. Descriptor 4 gets a dot for each that was answered.

# in_own SCRIPT [WORDS]...: for $( ), which is the process of its own.
in_own() {
  exec 3>&- 4>&-
  in_own=$1
  shift
  eval "$in_own"
}

# share VARIABLE SCRIPT: what it prints, for all that follow; not set where it ends badly.
share() {
  # shellcheck disable=SC2034 # by eval
  if share_text=$(in_own "$2" </dev/null 2>/dev/null); then
    eval "$1=\$share_text"
  fi
}

# answer FROM TO INDEX KIND NAME SCRIPT [WORDS]...: when the index is from the one to before the other.
answer() {
  [ "$3" -ge "$1" ] && [ "$3" -lt "$2" ] || return 0
  printf '%s %s\n' "$4" "$5"
  shift 5
  answer_text=$(in_own "$@" </dev/null 2>&1)
  answer_code=$?
  # So bash ends a process within a shell when a variable is not set; 1 is what is found.
  case $answer_code$answer_text in
    1*': unbound variable') answer_code=127 ;;
  esac
  [ -z "$answer_text" ] || printf '%s\n' "$answer_text" | tail -n 200 | sed 's/^/|/'
  printf 'end %s\n' "$answer_code"
  printf . >&4
}
