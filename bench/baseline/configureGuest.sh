#!/bin/sh
# Configures a guest that boots as soon as it can be logged in to.
#
# ADDRESS    the guest's address
# LOGIN      how to log in, up to the address and the shell: `ssh ... root@ADDRESS sh`
# CONFIGURE  the script for the guest
set -eu

# A connection that nobody answers yet is tried again only after a second; a ping is not that patient.
until ping -c 1 -W 0.2 "$ADDRESS" >/dev/null 2>&1; do sleep 0.1; done
until $LOGIN <"$CONFIGURE" >/dev/null 2>&1; do sleep 0.2; done
