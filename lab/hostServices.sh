#!/bin/sh
# Starts a virtual host's services as children of its init. Each line written to /run/vigil-services names a service to
# start, and after it variables for its environment. What has been started is not watched, because tests kill services to
# see what happens; only a kept healer is, as its unit says.
set -eu

requests=/run/vigil-services
mkfifo "$requests"
# Opened for reading and writing, a pipe never ends, so the loop outlives its writers.
exec 3<>"$requests"
echo libvirtd >&3

while read -r service environment <&3; do
  case $service in
    libvirtd) setsid --fork libvirtd >>/var/log/libvirt/libvirtd.log 2>&1 3<&- ;;
    # The lab's mark comes with this shell's environment, so `lab down` finds the healer like everything else.
    # shellcheck disable=SC2086
    healer) setsid --fork env $environment /opt/vigil/cli/vigil healer run "$LAB_HOST" >>/var/lib/vigil/healer.log 2>&1 3<&- ;;
    kept-healer) setsid --fork python3 /opt/vigil/lab/keepUnit.py /run/vigil-healer.service >>/var/lib/vigil/healer.log 2>&1 3<&- ;;
    *) echo "no service is called $service" >&2 ;;
  esac
done
