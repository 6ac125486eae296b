import { bridge } from "../infra/facts.ts";
import { hostFolders, stateDir } from "../infra/paths.ts";
import { HostError } from "./hostError.ts";

/** A host has one healer, so its unit is no template. */
export const healerUnit = "vigil-healer.service";

export interface HealerUnitSettings {
  readonly host: string;
  readonly checkout: string;
  readonly cacheDir: string;
}

/**
 * The unit of a host's healer. Repairs need all that it is allowed: docs/adr/0016 names who needs what. Throws HostError
 * if a path would mean something else in a unit.
 */
export function renderHealerUnit({ host, checkout, cacheDir }: HealerUnitSettings): string {
  for (const path of [checkout, cacheDir]) {
    // Systemd splits at spaces and expands what begins with % or $.
    if (!/^[\w./+@-]+$/.test(path))
      throw new HostError(`${path} cannot stand in a unit: use a path of letters, digits and ./_+@- alone.`);
  }
  return `# Written by \`vigil healer install ${host}\`, which replaces it whole: put changes into a drop-in.
[Unit]
Description=vigil: the healer of host ${host}
Documentation=file:${checkout}/docs/runbook.md
Wants=network-online.target libvirtd.service sys-subsystem-net-devices-${bridge}.device
# It ends before libvirt-guests powers the machines off, so that it does not take that for a fault.
After=network-online.target libvirtd.service libvirt-guests.service sys-subsystem-net-devices-${bridge}.device
# Without the file system of the pool, every disk would look deleted.
RequiresMountsFor=${hostFolders.poolDir} ${stateDir} ${checkout} ${cacheDir}
# A host without a healer stays without one until somebody comes, so it is tried again for ever, at the pace of RestartSec.
StartLimitIntervalSec=0

[Service]
Type=notify
# systemd-notify speaks for the healer.
NotifyAccess=all
ExecStart=${checkout}/cli/vigil healer run ${host}
# A private /tmp would be taken from a repair that outlives its healer, so temporary files lie elsewhere.
Environment=VIGIL_CACHE=${cacheDir} TMPDIR=/run/vigil
# An update that an earlier healer left behind may have a minute, and reading what is deployed another.
TimeoutStartSec=180
TimeoutStopSec=30
WatchdogSec=30
Restart=always
RestartSec=5
# A repair under way outlives the healer, and the next healer waits for it. Each has a control group of its own.
KillMode=process
Delegate=yes
OOMPolicy=continue
# Its memory holds keys.
LimitCORE=0

RuntimeDirectory=vigil
RuntimeDirectoryMode=0700
RuntimeDirectoryPreserve=yes
ReadWritePaths=${stateDir}
UMask=0077
PrivateMounts=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes

# To end a frozen QEMU; to put a tap back on the bridge; for ping and arping.
CapabilityBoundingSet=CAP_KILL CAP_NET_ADMIN CAP_NET_RAW
NoNewPrivileges=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# ping and arping give up privileges by these, and end if they cannot.
SystemCallFilter=capset setuid
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}
