#!/bin/sh
# Reads keepalived's transitions from its fifo, in their order, and keeps the last one where the agent finds it.
# keepalived starts this with the fifo's path as the last argument; it starts another one when it reloads.
set -u
for fifo; do :; done
state=/run/vigil/vrrp-state

note() { # STATE
  echo "$1 $(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$state.new.$$"
  mv "$state.new.$$" "$state"
}

# A keepalived that is still there, or there again, has another reader, which knows better.
finish() {
  trap '' TERM INT
  sleep 0.5
  pidof keepalived >/dev/null || note STOP
  exit 0
}

trap finish TERM INT
mkdir -p "${state%/*}"
while read -r kind _name new _priority; do
  case $kind/$new in
  # Still master: it only heard a peer with a lower priority, and said so again.
  INSTANCE/MASTER_*) ;;
  INSTANCE/*) note "$new" ;;
  esac
done <"$fifo"
finish
