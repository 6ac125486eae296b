#!/bin/sh
# Reads keepalived's transitions from its fifo, in their order, and keeps the last one where the agent finds it.
# keepalived starts this with the fifo's path as the last argument, and ends it when it stops or reloads.
set -u
for fifo; do :; done
root=${VIGIL_ROOT:-}
state=$root/run/vigil/vrrp-state
mkdir -p "${state%/*}"
last=
read -r last _since 2>/dev/null <"$state"

# The address has left: what is under way is answered still, and idle connections are closed now. Their clients would
# learn it from the new holder otherwise, by a reset of their next request.
# An nginx that was killed has left its pid, which may be another's by now.
closeIdle() {
  read -r pid 2>/dev/null <"$root/run/nginx/nginx.pid" || return 0
  read -r comm 2>/dev/null <"/proc/$pid/comm" || return 0
  [ "$comm" != nginx ] || kill -HUP "$pid"
}

while read -r kind _name new _priority; do
  case $kind/$new in
  # Still master: it only heard a peer with a lower priority, and said so again.
  INSTANCE/MASTER_*) ;;
  INSTANCE/*)
    [ "$last" != MASTER ] || [ "$new" = MASTER ] || closeIdle
    last=$new
    echo "$new $(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$state.new"
    mv "$state.new" "$state"
    ;;
  esac
done <"$fifo"
