import { detectAccelerator } from "../host/accelerator.ts";
import type { Lab } from "./lab.ts";
import type { LabHost } from "./labSite.ts";
import { setHostLinks } from "./network.ts";
import { requireOwner } from "./owner.ts";
import { startHost, waitForLibvirtd } from "./virtualHost.ts";

const libvirtdTimeoutMs = 30_000;

/**
 * Gives a host its power: the network first, as on a machine that boots, then init and libvirtd, which starts the domains
 * marked for it. Resolves to false if the host was on already.
 */
export async function bootHost(lab: Lab, host: LabHost): Promise<boolean> {
  const { checkout, cacheDir } = await requireOwner(lab);
  await setHostLinks(lab, host, "up");
  // A host that must not see /dev/kvm is spared libvirt's own probe of it, which takes a minute where it hangs.
  const kvm = (await detectAccelerator(cacheDir)) === "kvm";
  const started = await startHost(lab, host.name, { checkout, cacheDir, kvm });
  await waitForLibvirtd(lab, host.name, libvirtdTimeoutMs);
  return started;
}
