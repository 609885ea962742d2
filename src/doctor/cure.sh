# shellcheck shell=sh
# What scripts of remedies say: the commands that would cure, or why they must not be run. Each is one line on standard output.

# propose TITLE COMMAND: COMMAND is one line of shell, without tabs.
propose() {
  printf 'propose\t%s\t%s\n' "$1" "$2"
}

# refuse WHY: with what the operator has to do first.
refuse() {
  printf 'refuse\t%s\n' "$1"
}

# quoted WORD: as a word of a command, whatever is in it.
quoted() {
  case $1 in
    *[!A-Za-z0-9_./:@%+=,-]* | '') printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf %s "$1" ;;
  esac
}
