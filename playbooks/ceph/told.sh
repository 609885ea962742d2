# shellcheck shell=sh
# What the cluster tells of itself, for all that ask. Needs cli.sh.

# tell COMMAND...: what the cluster tells, a JSON text a line. Within 15 s monitors that were just started find each other; where none answers,
# "no answer (CODE): WHY".
tell() {
  te_said=$(tell_by_library "$@" 2>&1)
  te_status=$?
  if [ "$te_status" -eq 3 ]; then
    te_said=$(tell_by_program "$@" 2>&1)
    te_status=$?
  fi
  # An error may begin with a bracket, too: [errno 110].
  te_lines=$(printf '%s\n' "$te_said" | grep -E '^(\{|\[[]{])')
  if [ -n "$te_lines" ]; then
    printf '%s\n' "$te_lines"
  else
    printf 'no answer (%s): %s\n' "$te_status" "$(printf '%s\n' "$te_said" | tail -n 1)"
  fi
}

# tell_by_library COMMAND...: by the Python that `ceph` runs with; 3 where that is none, or it lacks something. See tell.py.
tell_by_library() {
  IFS= read -r tl_line <"$(command -v ceph)" 2>/dev/null || return 3
  case $tl_line in
    '#!'*python*) ;;
    *) return 3 ;;
  esac
  # shellcheck disable=SC2086 # words of a first line
  timeout -k 5 20 ${tl_line#??} -c "$TELL_PROGRAM" 15 "$@"
}

# tell_by_program COMMAND...: `ceph` takes a quarter of a second to start and a twentieth for each command, so it is started once.
tell_by_program() {
  printf '%s\n' "$@" | timeout -k 5 20 ceph --connect-timeout 15 -f json
}

# osds_told: the OSDs and their tree. Doctor has asked once for all that ask of this host, as $OSDS_TOLD.
osds_told() {
  known OSDS_TOLD tell 'osd dump' 'osd tree'
}

# cluster_told: that, the rules, the file systems and the health. Doctor has asked once for all that ask of the cluster, as $CLUSTER_TOLD.
cluster_told() {
  known CLUSTER_TOLD tell 'osd dump' 'osd tree' 'osd crush rule dump' 'fs dump' 'health detail'
}

# is_answer TOLD: or was nothing told? Then $WHY is what was said instead.
is_answer() {
  case $1 in
    'no answer'*)
      WHY=${1#*: }
      return 1
      ;;
  esac
}

# is_silence TOLD: did no monitor answer in time? A key that is refused is an answer.
is_silence() {
  case $1 in
    'no answer (110)'* | 'no answer (124)'* | 'no answer (137)'* | 'no answer'*'imed out'* | 'no answer'*imedOut* | 'no answer'*'rrno 110'* | 'no answer'*'connection aborted'*) return 0 ;;
  esac
  return 1
}

# ask_cluster: what is told, as $TOLD.
ask_cluster() {
  TOLD=$(cluster_told)
  is_answer "$TOLD" || cannot "the monitors did not answer${WHY:+: $WHY}"
}

# can_ask_cluster: as Playbook.access has it.
can_ask_cluster() {
  has_access || return 1
  is_answer "$(osds_told)" || {
    printf '%s\n' "${WHY:-no monitor answered in time}"
    return 2
  }
}
