# Proves that host preparation made the bridge that the guests will sit on. Reads BRIDGE, ADDRESS and UPLINK. The
# program never makes this bridge itself, so that `pulumi destroy` cannot cut the link that it runs over.
set -eu
fail() { echo "$1; run: vigil host prepare" >&2; exit 1; }

ip -o link show dev "$BRIDGE" type bridge >/dev/null 2>&1 || fail "there is no bridge $BRIDGE on this host"
ip -o -4 addr show dev "$BRIDGE" | grep -qF " $ADDRESS/" || fail "bridge $BRIDGE does not own the address $ADDRESS"
ip -o link show dev "$UPLINK" 2>/dev/null | grep -qF " master $BRIDGE " || fail "uplink $UPLINK is not a port of bridge $BRIDGE"
echo "bridge $BRIDGE: address $ADDRESS and uplink $UPLINK verified"
