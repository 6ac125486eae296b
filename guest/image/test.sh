#!/usr/bin/env bash
# Boots the built image under plain qemu (emulated, with qemu's own user network) and checks what the program relies on.
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

image=$workDir/current
memoryMib=${VIGIL_TEST_MEMORY_MIB:-256}
work=$(mktemp -d)
passed=0 failed=0 qemuPid=

cleanUp() {
  if [ -n "$qemuPid" ]; then kill "$qemuPid" 2>/dev/null || true; wait "$qemuPid" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanUp EXIT

freePort() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# check NAME EXPECTED-PATTERN COMMAND...: the command's output must match.
check() {
  local name=$1 pattern=$2 output
  shift 2
  output=$("$@" 2>&1) || true
  if grep -qE -- "$pattern" <<<"$output"; then
    passed=$((passed + 1))
    printf 'ok    %s\n' "$name"
  else
    failed=$((failed + 1))
    printf 'FAIL  %s: expected /%s/, got: %s\n' "$name" "$pattern" "$(tail -n 5 <<<"$output")"
  fi
}

guest() {
  timeout 20 ssh -q -p "$sshPort" -i "$work/user" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=5 \
    -o UserKnownHostsFile="$work/known_hosts" -o StrictHostKeyChecking=yes root@127.0.0.1 "$@"
}

withPassword() {
  timeout 20 ssh -v -p "$sshPort" -o PubkeyAuthentication=no -o PreferredAuthentications=password,keyboard-interactive -o BatchMode=no \
    -o NumberOfPasswordPrompts=1 -o UserKnownHostsFile="$work/known_hosts" root@127.0.0.1 true </dev/null
}

agentCommand() {
  python3 - "$work/agent.sock" "$1" <<'PYTHON'
import json, socket, sys
client = socket.socket(socket.AF_UNIX)
client.settimeout(10)
client.connect(sys.argv[1])
client.sendall(json.dumps({"execute": sys.argv[2]}).encode() + b"\n")
print(client.makefile().readline())
PYTHON
}

file() { printf '  - path: %s\n    permissions: "0644"\n    encoding: b64\n    content: %s\n' "$1" "$(printf '%s' "$2" | base64 -w 0)"; }

# writeSeed INSTANCE ROLE makes the seed disk in exactly the form that the program renders.
writeSeed() {
  local seed=$work/seed
  mkdir -p "$seed"
  printf 'instance-id: %s\nlocal-hostname: bk-web-1\n' "$1" >"$seed/meta-data"
  cat >"$seed/network-config" <<'YAML'
version: 1
config:
  - type: physical
    name: eth0
    mac_address: "52:54:00:00:02:0f"
    subnets:
      - type: static
        address: 10.0.2.15
        netmask: 255.255.255.0
        gateway: 10.0.2.2
YAML
  {
    printf '#cloud-config\nssh_authorized_keys:\n  - %s\nssh_keys:\n  ed25519_private: |\n' "$(cat "$work/user.pub")"
    sed 's/^/    /' "$work/host"
    printf '  ed25519_public: %s\nwrite_files:\n' "$(cat "$work/host.pub")"
    file /etc/vigil/role "$2"
    file /etc/vigil/node.json '{"version":1,"site":"demo","host":"bk","slot":"web-1","role":"'"$2"'","address":"10.0.2.15","servicePort":8080,"heartbeatPort":8081}'
  } >"$seed/user-data"
  mkfs.vfat -C -n CIDATA "$work/seed.img" 1024 >/dev/null
  mcopy -i "$work/seed.img" "$seed/"{meta-data,user-data,network-config} ::
}

startGuest() {
  qemu-system-x86_64 -machine pc -accel tcg -cpu qemu64,+rdrand -m "$memoryMib" -nodefaults -nographic -serial "file:$work/console" \
    -kernel "$image/vmlinux" -initrd "$image/initrd" -append "$(sed -n 's/^  "cmdline": "\(.*\)",$/\1/p' "$image/manifest.json")" \
    -drive "file=$work/disk.qcow2,if=virtio" -drive "file=$work/seed.img,if=virtio,format=raw,readonly=on" \
    -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$sshPort-:22,hostfwd=tcp:127.0.0.1:$httpPort-:8080,hostfwd=tcp:127.0.0.1:$heartbeatPort-:8081" \
    -device virtio-net-pci,netdev=net,mac=52:54:00:00:02:0f,romfile= -device virtio-serial-pci -device pvpanic \
    -chardev "socket,path=$work/agent.sock,server=on,wait=off,id=agent" -device virtserialport,chardev=agent,name=org.qemu.guest_agent.0 \
    -qmp "unix:$work/qmp.sock,server=on,wait=off" -action panic=pause 2>"$work/qemu.log" &
  qemuPid=$!
}

# waitFor SECONDS COMMAND... tries every 50 ms and prints the seconds it took, or fails.
waitFor() {
  local limitS=$1 began
  shift
  began=$(date +%s%N)
  until "$@" >/dev/null 2>&1; do
    kill -0 "$qemuPid" 2>/dev/null || die "qemu ended: $(cat "$work/qemu.log")"
    [ $(($(date +%s%N) - began)) -lt $((limitS * 1000000000)) ] || { tail -n 30 "$work/console" >&2; die "no '$*' within $limitS s; the guest's console is above"; }
    sleep 0.05
  done
  awk -v ns=$(($(date +%s%N) - began)) 'BEGIN { printf "%.2f", ns / 1e9 }'
}

sshBanner() { timeout 1 bash -c 'read -r line <"/dev/tcp/127.0.0.1/$1" && [[ $line == SSH-* ]]' sshBanner "$sshPort"; }
serviceAnswers() { curl --silent --fail --max-time 1 "http://127.0.0.1:$httpPort/random/number"; }
heartbeatAnswers() { curl --silent --fail --max-time 1 "http://127.0.0.1:$heartbeatPort/status"; }

[ -s "$image/manifest.json" ] || die "there is no image in $image; run guest/image/build.sh first"
sshPort=$(freePort) httpPort=$(freePort) heartbeatPort=$(freePort)
ssh-keygen -q -t ed25519 -N '' -C user -f "$work/user"
ssh-keygen -q -t ed25519 -N '' -C host -f "$work/host"
printf '[127.0.0.1]:%s %s\n' "$sshPort" "$(cut -d ' ' -f 1-2 "$work/host.pub")" >"$work/known_hosts"
qemu-img create -q -f qcow2 -b "$(readlink -f "$image/vigil.qcow2")" -F qcow2 "$work/disk.qcow2"
writeSeed test-1 worker

startGuest
(waitFor 180 sshBanner >"$work/sshS") &
sshWaiter=$!
httpS=$(waitFor 180 serviceAnswers)
wait "$sshWaiter"
printf 'boot: ssh %s s, HTTP %s s after qemu started (load average of this machine: %s)\n' "$(cat "$work/sshS")" "$httpS" "$(cut -d ' ' -f 1 /proc/loadavg)"

check "ssh by key, host key from the seed" '^root$' guest id -un
check "password refused" 'Permission denied \(publickey\)' withPassword
check "root has no password" '^root:\*:' guest cat /etc/shadow
check "hostname" '^bk-web-1$' guest hostname
check "address" 'inet 10\.0\.2\.15/24' guest ip -4 addr show eth0
check "interfaces file" 'address 10\.0\.2\.15' guest cat /etc/network/interfaces
check "default route" 'default via 10\.0\.2\.2' guest ip route
check "versions" '^keepalived 2\.[3-9]' guest cat /etc/vigil-release
check "nginx" 'nginx/1\.(2[89]|3[0-9])' guest nginx -v
check "keepalived" 'Keepalived v2\.3' guest keepalived -v
check "haproxy" 'HAProxy version 3' guest haproxy -v
check "node" '^v24\.' guest node -v
check "IPVS" 'TCP  10\.0\.2\.15:81 rr' guest 'modprobe ip_vs_rr && ipvsadm -A -t 10.0.2.15:81 -s rr && ipvsadm -L -n'
check "ss closes sockets" '^closed$' guest \
  'nc -l -p 9999 & sleep 0.5; nc 127.0.0.1 9999 & sleep 0.5; ss -K dst 127.0.0.1 dport = 9999 >/dev/null; sleep 0.3; ss -tn dport = 9999 | grep -q ESTAB || echo closed'
check "guest agent" '"return": \{\}' agentCommand guest-ping
check "guest agent tells addresses" '10\.0\.2\.15' agentCommand guest-network-get-interfaces
check "services up" '^4$' guest 'for s in vigil-stateless vigil-agent dropbear qemu-guest-agent; do rc-service $s status; done | grep -c started'
check "no service failed" '^0$' guest 'rc-status --crashed | grep -c . || true'
check "panic device" 'pvpanic_mmio' guest lsmod
check "dependency cache kept" '^kept$' guest '[ /run/openrc/deptree -nt /run/openrc/softlevel ] || echo kept'
check "seed not applied twice" 'test-1' guest cat /var/lib/vigil/instance-id
check "killed service is back" '^back$' guest 'kill -9 $(pidof node | tr " " "\n" | sort -n | head -n 1); for i in $(seq 100); do wget -q -O /dev/null http://127.0.0.1:8080/healthz && echo back && break; sleep 0.1; done'
waitFor 30 heartbeatAnswers >/dev/null
check "heartbeat agent" '"slot": *"bk/web-1"' curl --silent --max-time 5 "http://127.0.0.1:$heartbeatPort/status"

# The same machine as a balancer, after a reboot: other services, the identity untouched.
guest 'cat >/etc/nginx/nginx.conf' <<'NGINX'
user nginx;
pid /run/nginx/nginx.pid;
events {}
http {
  upstream workers { zone workers 64k; include /run/nginx/upstreams.conf; }
  server { listen 80; location / { proxy_pass http://workers; } location = /here { return 200 "here"; } }
}
NGINX
guest 'cat >/etc/keepalived/keepalived.conf' <<'KEEPALIVED'
vrrp_instance test {
  interface eth0
  virtual_router_id 51
  state BACKUP
  priority 100
  advert_int 0.1
  version 3
  unicast_src_ip 10.0.2.15
  unicast_peer { 10.0.2.99 }
  virtual_ipaddress { 10.0.2.120/24 }
}
KEEPALIVED
guest 'sed -i s/worker/balancer/ /etc/vigil/node.json; echo balancer >/etc/vigil/role; echo by-hand >/etc/hostname; sync; reboot' || true
rebooted() { guest 'test "$(hostname)" = by-hand'; }
printf 'reboot: ssh after %s s\n' "$(waitFor 90 rebooted)"
nginxAnswers() { guest 'wget -q -O - http://127.0.0.1/here'; }
waitFor 30 nginxAnswers >/dev/null
check "nginx serves" '^here$' nginxAnswers
check "nginx reloads" '^here$' guest 'nginx -s reload; sleep 1; wget -q -O - http://127.0.0.1/here'
check "nginx refuses a bad reload" '^here$' guest 'echo bad >>/etc/nginx/nginx.conf; rc-service nginx reload >/dev/null 2>&1; wget -q -O - http://127.0.0.1/here'
holdsAddress() { guest 'ip -4 addr show eth0 | grep -F 10.0.2.120'; }
waitFor 20 holdsAddress >/dev/null
check "keepalived takes the address" '10\.0\.2\.120' holdsAddress
check "no worker service on a balancer" 'stopped' guest 'rc-service vigil-stateless status'
check "killed keepalived is back" '^back$' guest 'kill -9 $(cat /run/keepalived/keepalived.pid); sleep 1; for i in $(seq 50); do pidof keepalived >/dev/null && echo back && break; sleep 0.1; done'

# A kernel panic must reach the hypervisor.
guest 'echo 1 >/proc/sys/kernel/sysrq; (sleep 0.5; echo c >/proc/sysrq-trigger) >/dev/null 2>&1 &' || true
guestPanicked() {
  python3 - "$work/qmp.sock" <<'PYTHON'
import json, socket, sys
client = socket.socket(socket.AF_UNIX)
client.settimeout(5)
client.connect(sys.argv[1])
stream = client.makefile("rw")
stream.readline()
for command in ("qmp_capabilities", "query-status"):
    stream.write(json.dumps({"execute": command}) + "\n")
    stream.flush()
    answer = json.loads(stream.readline())
print(answer["return"]["status"])
PYTHON
}
sleep 3
check "panic reaches the hypervisor" '^guest-panicked$' guestPanicked

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
