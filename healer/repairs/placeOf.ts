import { bridge } from "../../infra/facts.ts";
import type { StackOutputs } from "../../stacks/outputs.ts";
import type { RepairPlace } from "./repairPlace.ts";

/** The folders of a host; `infra/paths.ts` has them as constants. */
export interface RepairFolders {
  readonly poolDir: string;
  readonly imageDir: string;
  readonly stateDir: string;
  readonly runDir: string;
}

/** Throws if the outputs name a slot without its host key: then they are not of one update. */
export function placeOf(outputs: StackOutputs, folders: RepairFolders): RepairPlace {
  const { config, desired } = outputs.applied;
  return {
    ...folders,
    libvirtUri: config["libvirt:uri"],
    bridge,
    netDir: "/sys/class/net",
    pool: "vigil",
    loginPrivateKey: outputs.loginPrivateKey,
    slots: outputs.slots.map(({ slot, role, address, uuid }) => {
      const hostKey = outputs.hostKeys[slot];
      if (hostKey === undefined) throw new Error(`the stack's outputs have no host key of ${slot}.`);
      const image = desired.images?.[slot] ?? config.image;
      return { slot, role, address, uuid, hostKey, image, memoryMib: config[role].memoryMib };
    }),
  };
}
