# shellcheck shell=sh
# Whom can this host reach? Programs that tell why not take long to start, and are for those that do not answer.

# ask_all TARGET...: as $ANSWERED those that answer, as reach.pl knows them; where there is no perl, nobody does.
ask_all() {
  ANSWERED=
  ! have perl || [ "$#" -eq 0 ] || ANSWERED=$(timeout -k 1 5 perl -e "$REACH_PROGRAM" "$@" 2>/dev/null)
}

# is_silent TARGET
is_silent() {
  case $NL$ANSWERED$NL in
    *"$NL$1$NL"*) return 1 ;;
  esac
}
