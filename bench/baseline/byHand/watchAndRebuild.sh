#!/bin/sh
# OUR RECONSTRUCTION of a cluster that is kept alive by hand: a script polls a machine by HTTP, believes in its death after
# four tries more, and rebuilds it step by step as a runbook says. What it has of ours speaks for it: the image in which
# everything is installed, and a seed by which the machine has its address and its key from the first moment. A real one
# of its kind installed packages and copied programs here, which took minutes.
#
# DOMAIN XML           the domain, and its definition
# POOL DISK BASE       the pool, the disk's volume in it, and the volume of the image that is cloned for it
# ADDRESS NETMASK GATEWAY HOSTNAME   what the guest is told to be
# URL                  what answers when the machine serves
# POLL_S TRY_S         the pause between two looks, and the patience of one
# WAITS_S              the pauses before the four tries
# LOGIN                how to log in, up to the address and the shell: `ssh ... root@ADDRESS sh`
# SERVICES CONFIGURE   what is restarted in the guest, and a script that configures it, or nothing
# CHECK                the script that proves the result, with the variables that it reads
set -eu

say() { echo "$1 $(date +%s%3N)"; }
answers() { curl -fsS -o /dev/null --max-time "$TRY_S" "$URL" 2>/dev/null; }

is_dead() {
  for wait_s in $WAITS_S; do
    sleep "$wait_s"
    if answers; then return 1; fi
  done
}

say watching
until ! answers && is_dead; do sleep "$POLL_S"; done

say acting
virsh --quiet destroy "$DOMAIN" 2>/dev/null || true
virsh --quiet undefine "$DOMAIN"
virsh --quiet vol-delete "$DISK" --pool "$POOL"
virsh --quiet vol-clone "$BASE" "$DISK" --pool "$POOL"
virsh --quiet define "$XML"
virsh --quiet start "$DOMAIN"

say configuring
until $LOGIN </dev/null >/dev/null 2>&1; do sleep 1; done
echo "hostname $HOSTNAME && echo $HOSTNAME >/etc/hostname" | $LOGIN >/dev/null
$LOGIN >/dev/null <<TEXT
cat >/etc/network/interfaces <<END
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address $ADDRESS
    netmask $NETMASK
    gateway $GATEWAY
END
ifup -a
TEXT
if [ -n "$CONFIGURE" ]; then $LOGIN <"$CONFIGURE" >/dev/null; fi
for service in $SERVICES; do echo "rc-service $service restart" | $LOGIN >/dev/null; done

say checking
READY_URL=$URL sh "$CHECK" >/dev/null
say done
