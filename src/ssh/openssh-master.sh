# Runs ssh as the keeper of a control socket, and ends it when standard input closes, so that it never outlives
# the program that started it, however that ends.
exec 3<&0
ssh "$@" </dev/null 3<&- &
ssh=$!
{
  cat <&3 >/dev/null
  kill "$ssh" 2>/dev/null
} &
wait "$ssh"
