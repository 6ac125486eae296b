import { join } from "node:path";
import { checkoutDir } from "../../host/hostEnvironment.ts";
import { hostFolders, stateDir } from "../../infra/paths.ts";
import { stopHealer } from "../../lab/healers.ts";
import { inHost } from "../../lab/machine.ts";
import type { Figures, Trial } from "../cases/case.ts";
import { guestShell, type Rig, writeInHost } from "../rig.ts";
import { configureScript } from "./configureScript.ts";
import { splitOf } from "./figures.ts";
import { killAndAwait } from "./killAndAwait.ts";
import type { Victim } from "./victim.ts";

const script = join(checkoutDir, "bench/baseline/virsh/rebuild.sh");

/** What a person would type, in one script that is ready when the machine dies and is told at once that it did. */
export async function byVirsh({ rig }: Trial, victim: Victim): Promise<Figures> {
  await stopHealer(rig.lab, victim.host);
  const kept = await keep(rig, victim);
  const back = await killAndAwait(rig, victim, () => rebuild(rig, victim, kept));
  return splitOf(back, back.killedMs);
}

/** What is needed to make a machine anew, as files of its host. */
export interface Kept {
  readonly xml: string;
  /** Empty for a machine that needs none. */
  readonly configure: string;
}

export async function keep(rig: Rig, victim: Victim): Promise<Kept> {
  const { host, domain } = victim;
  const write = async (name: string, content: string) => {
    if (content === "") return "";
    const path = join(stateDir, "bench", name);
    await writeInHost(rig.lab, host, path, content);
    return path;
  };
  const xml = await inHost(rig.lab, host, ["virsh", "dumpxml", "--inactive", domain]);
  return {
    xml: await write(`${domain}.xml`, xml),
    configure: await write(`${domain}.configure.sh`, configureScript(victim)),
  };
}

/** Makes the machine as it is declared, whatever is there of it, so that the program finds no drift. */
export async function rebuild(rig: Rig, { host, domain, address, slot }: Victim, kept: Kept): Promise<void> {
  const env = {
    DOMAIN: domain,
    XML: kept.xml,
    DISK: join(hostFolders.poolDir, `${domain}-disk.qcow2`),
    BASE: join(hostFolders.poolDir, baseVolume(slot.image)),
    ADDRESS: address,
    LOGIN: guestShell(address).join(" "),
    CONFIGURE: kept.configure,
  };
  await inHost(rig.lab, host, ["sh", script], { env });
}

/** The volume of the image with this digest. */
export function baseVolume(digest: string): string {
  return `base-${digest.slice(0, 12)}.qcow2`;
}
