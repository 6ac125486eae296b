import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";

export const netDir = "/sys/class/net";

/**
 * For each tap of a domain, by the hardware address of the guest's own card, whether it is a port of the bridge. libvirt
 * gives a tap the address of the guest's card with `fe` in front, so that the bridge never takes over that address.
 */
export async function readTaps(bridge: string, dir = netDir): Promise<ReadonlyMap<string, boolean>> {
  const taps = new Map<string, boolean>();
  await Promise.all(
    (await readdir(dir)).map(async (device) => {
      const address = await textOf(join(dir, device, "address"));
      if (!address?.startsWith("fe:")) return;
      const master = await readlink(join(dir, device, "master")).catch(() => "");
      taps.set(address.slice(2), basename(master) === bridge);
    }),
  );
  return taps;
}

/** What `readTaps` says of the guest's card with this address; undefined if no tap is there. */
export function isAttached(taps: ReadonlyMap<string, boolean>, mac: string): boolean | undefined {
  return taps.get(mac.toLowerCase().slice(2));
}

/** A device may go while it is looked at. */
async function textOf(path: string): Promise<string | undefined> {
  return (await readFile(path, "utf8").catch(() => undefined))?.trim();
}
