#!/bin/sh
# Reads keepalived's transitions from its fifo, in their order, and keeps the last one where the agent finds it.
# keepalived starts this with the fifo's path as the last argument, and ends it when it stops or reloads.
set -u
for fifo; do :; done
state=/run/vigil/vrrp-state
mkdir -p "${state%/*}"
while read -r kind _name new _priority; do
  case $kind/$new in
  # Still master: it only heard a peer with a lower priority, and said so again.
  INSTANCE/MASTER_*) ;;
  INSTANCE/*)
    echo "$new $(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$state.new"
    mv "$state.new" "$state"
    ;;
  esac
done <"$fifo"
