#!/bin/sh
# Reads keepalived's transitions from its fifo, in their order, and keeps the last one where the agent finds it.
# keepalived starts this with the fifo's path as the last argument, and ends it with itself.
set -u
for fifo; do :; done
state=/run/vigil/vrrp-state

note() { # STATE
  echo "$1 $(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$state.new"
  mv "$state.new" "$state"
}

trap 'note STOP; exit 0' TERM INT
mkdir -p "${state%/*}"
while read -r kind _name new _priority; do
  if [ "$kind" = INSTANCE ]; then note "$new"; fi
done <"$fifo"
# The fifo has no writer any more: keepalived is gone, however it went.
note STOP
