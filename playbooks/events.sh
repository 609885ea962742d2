# shellcheck shell=sh
# What happened in the cluster. The API server keeps that for an hour (--event-ttl). Needs api-list.sh.

# event_lines: as events.awk writes them.
event_lines() {
  read_list /api/v1/events "$EVENTS_AWK"
}

# event_log: as lines of a log, the newest last.
event_log() {
  event_lines | sort | awk -F '\t' '{ print $4 " " $5 ": " $6 ": " $7 }'
}
