#!/bin/sh
# The floor of every repair: the fewest steps that have a killed machine again as it was, begun in the instant in which it
# dies. No tool can be quicker that makes the same disk and the same domain.
#
# DOMAIN     the domain
# XML        its definition
# DISK BASE  its disk, and the image that the disk lies over
# CONFIGURE  a script for the guest, or nothing; ADDRESS and LOGIN as configureGuest.sh has them
set -eu

virsh --quiet destroy "$DOMAIN" 2>/dev/null || true
virsh --quiet undefine "$DOMAIN"
rm -f "$DISK"
qemu-img create -q -f qcow2 -F qcow2 -b "$BASE" "$DISK"
virsh --quiet define "$XML"
virsh --quiet start "$DOMAIN"
# It went with the old definition.
virsh --quiet autostart "$DOMAIN"

[ -n "$CONFIGURE" ] || exit 0
exec sh "$(dirname "$0")/../configureGuest.sh"
