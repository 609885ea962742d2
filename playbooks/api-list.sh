# shellcheck shell=sh
# Lists of the API as lines, for the probes. Needs kubectl.sh.

# read_list PATH PROGRAM: what the program of awk, behind api-text.awk, makes of the list at this path. kubectl get would first learn of every kind that
# the API has, which takes several times as long.
read_list() {
  rd_text=$(kube_text "$1?pretty=1") || return
  printf '%s\n' "$rd_text" | awk "$API_TEXT_AWK$2"
}
