import { join } from "node:path";
import { checkoutDir } from "../host/hostEnvironment.ts";
import { readSite } from "../host/readSite.ts";
import { bootHost } from "./bootHost.ts";
import type { Lab } from "./lab.ts";
import { withLabLock } from "./labLock.ts";
import { labSiteOf } from "./labSite.ts";
import { inHost, refreshCheckout } from "./machine.ts";
import { ensureMountPoints } from "./mountPoints.ts";
import { ensureNetwork } from "./network.ts";
import { claim } from "./owner.ts";
import { checkRequirements } from "./requirements.ts";
import { trustPeers } from "./trustPeers.ts";

export interface LabUpOptions {
  readonly checkout: string;
  readonly cacheDir: string;
  /** Also runs `vigil host prepare` on every host, which needs the toolchain. */
  readonly prepare: boolean;
  /** Takes each line of progress. */
  readonly say: (line: string) => void;
}

/**
 * Brings a lab up from whatever state it is in: absent, half made, with hosts that were turned off, or up already, in
 * which case nothing happens to it. Resolves to the number of hosts that had to be started.
 */
export async function labUp(lab: Lab, { checkout, cacheDir, prepare, say }: LabUpOptions): Promise<number> {
  await checkRequirements();
  const site = labSiteOf(await readSite(checkout));
  return withLabLock(lab, "vigil lab up", async () => {
    await claim(lab, { checkout, cacheDir, site });
    await ensureMountPoints();
    await ensureNetwork(lab, site);
    say(`switch with ${site.hosts.length} hosts, ${site.witnessAddress === undefined ? "" : "a witness and "}a client`);
    const started = await Promise.all(site.hosts.map((host) => bootHost(lab, host)));
    say(`libvirtd answers on ${site.hosts.map((host) => host.name).join(" and ")}`);
    if (prepare) {
      await Promise.all(site.hosts.map((host) => prepareInLab(lab, host.name, say)));
      const hosts = site.hosts.map((host) => host.name);
      await trustPeers(lab, hosts);
    }
    return started.filter(Boolean).length;
  });
}

/** The same command, on the same paths, that a person runs on a real host. */
async function prepareInLab(lab: Lab, host: string, say: (line: string) => void): Promise<void> {
  await refreshCheckout(lab, host);
  const vigil = join(checkoutDir, "cli", "vigil");
  await inHost(lab, host, [vigil, "host", "prepare", host]);
  say(`host ${host} is prepared`);
}
