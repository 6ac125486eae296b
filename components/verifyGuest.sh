# Proves that a domain became the machine that the plan describes: its guest agent answers, it owns the planned address,
# the host reaches it, and its service is ready. Reads DOMAIN, ADDRESS, READY_URL and LIBVIRT_DEFAULT_URI; gives up
# after DEADLINE_S seconds and says what was still missing.
set -eu
deadline=$(( $(date +%s) + DEADLINE_S ))

await() { # WHAT COMMAND...
  what=$1; shift
  until "$@" >/dev/null 2>&1; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      echo "$DOMAIN: $what within $DEADLINE_S s did not happen; look at its console with: virsh console $DOMAIN" >&2
      exit 1
    fi
    sleep 0.1
  done
}

guest_ping() { virsh qemu-agent-command --timeout 2 "$DOMAIN" '{"execute":"guest-ping"}'; }
owns_address() { virsh domifaddr "$DOMAIN" --source agent | grep -qF " $ADDRESS/"; }

await "an answer to ping from $ADDRESS" ping -c 1 -W 1 "$ADDRESS"
await "HTTP 200 from $READY_URL" curl -fsS --connect-timeout 1 --max-time 2 "$READY_URL"
await "an answer to guest-ping" guest_ping
await "the address $ADDRESS on the guest's interface" owns_address
echo "$DOMAIN: guest agent, address $ADDRESS, ping and $READY_URL verified"
