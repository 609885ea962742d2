# shellcheck shell=sh
# port_answers HOST PORT: does something accept connections there?
port_answers() {
  if have bash; then
    # shellcheck disable=SC2016 # for bash
    timeout 3 bash -c ': <>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null
  else
    nc -z -w 3 "$1" "$2" 2>/dev/null
  fi
}

# http_answers URL: with a status below 400?
http_answers() {
  if have curl; then
    curl -fsS -o /dev/null --max-time 5 -- "$1"
  else
    timeout 5 wget -q -O /dev/null -- "$1"
  fi
}

# wait_until SECONDS TEXT: calls the function "probe" each second until it succeeds, and says every 5 s what it waits for.
wait_until() {
  wu_start=$(date +%s) wu_told=0
  until wu_last=$(probe 2>&1); do
    wu_passed=$(($(date +%s) - wu_start))
    if [ "$wu_passed" -ge "$1" ]; then
      printf 'waited %s s for %s in vain\n%s\n' "$wu_passed" "$2" "$wu_last"
      return 1
    fi
    if [ "$wu_passed" -ge "$((wu_told + 5))" ]; then
      wu_told=$wu_passed
      printf 'waiting for %s (%s of %s s)\n' "$2" "$wu_passed" "$1"
    fi
    sleep 1
  done
}
