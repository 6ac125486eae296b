#!/bin/sh
# Moves the service's address to a peer, if this balancer holds it and a peer can take it. Prints one line that says what
# it did. Exits 0 if this balancer does not hold the address afterwards or had no reason to act, 1 if no peer took it.
set -u
state=/run/vigil/vrrp-state
yield=/run/vigil/yield
conf=/etc/keepalived/keepalived.conf

holds() { read -r name _since 2>/dev/null <"$state" && [ "$name" = MASTER ]; }

# peerWith STATE prints the first peer whose agent reports that VRRP state and a working balancer.
peerWith() {
  for peer in $(awk '/unicast_peer/ { inside = 1; next } /}/ { inside = 0 } inside { print $1 }' "$conf"); do
    status=$(wget -q -O - -T 1 "http://$peer:8080/status" 2>/dev/null) || continue
    case $status in
    *'"service":{"state":"up"'*'"vrrp":{"state":"'"$1"'"'*) echo "$peer" && return 0 ;;
    esac
  done
  return 1
}

holds || { echo "nothing to do: this balancer does not hold the address"; exit 0; }
peer=$(peerWith BACKUP) || { echo "nothing done: no peer is a healthy backup"; exit 0; }

# Whatever ends this script, the balancer takes part again.
trap 'echo 0 >"$yield"' EXIT
trap 'exit 1' TERM INT HUP
echo 1 >"$yield"
tries=0
while [ "$tries" -lt 30 ]; do
  if ! holds && taker=$(peerWith MASTER); then
    echo "moved: $taker holds the address"
    exit 0
  fi
  tries=$((tries + 1))
  sleep 0.1
done
echo "not moved: $peer did not take the address within 3 seconds, so this balancer may have it again"
exit 1
