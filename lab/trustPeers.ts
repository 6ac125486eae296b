import { ensureIdentity } from "../healer/peers/identity.ts";
import { peerKeyPath, peerPinsDir } from "../healer/peers/peerAddress.ts";
import { trustPeer } from "../healer/peers/pins.ts";
import type { Lab } from "./lab.ts";
import { pathOnHost } from "./virtualHost.ts";

/**
 * Makes the healers of a lab's hosts trust each other, as `vigil peer key` and `vigil peer trust` would on each of them. Safe
 * to repeat. Rejects ERR_LAB_NOT_UP if one is off.
 */
export async function trustPeers(lab: Lab, hosts: readonly string[]): Promise<void> {
  const own = await Promise.all(
    hosts.map(async (host) => {
      const { key } = await ensureIdentity(await pathOnHost(lab, host, peerKeyPath));
      return { host, key, dir: await pathOnHost(lab, host, peerPinsDir) };
    }),
  );
  for (const here of own) {
    for (const { host: peer, key } of own) {
      if (peer !== here.host) await trustPeer(here.dir, { peer, key, peers: hosts, own: here.key });
    }
  }
}
