import { readFileSync } from "node:fs";
import { join } from "node:path";
import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { SlotPlan } from "../infra/plan.ts";
import type { AlpineVm } from "./alpineVm.ts";

/**
 * How long a guest may take from the start of its domain to a ready service before the update fails. Emulated, and with all
 * others of a site booting beside it on two slow cores, one took 136 s.
 */
const verificationDeadlineS = 240;

const script = readFileSync(join(import.meta.dirname, "verifyGuest.sh"), "utf8");

/**
 * A command on the host that succeeds once the guest is what the plan says: guest agent, address, ping, and HTTP from its
 * own service. It runs again whenever the domain is replaced, because a replaced trigger is unknown.
 */
export function createGuestVerification(
  name: string,
  slot: SlotPlan,
  libvirtUri: string,
  vm: AlpineVm,
  parent: pulumi.Resource,
): local.Command {
  const port = slot.role === "worker" ? slot.servicePort : slot.heartbeatPort;
  return new local.Command(
    `${name}-verified`,
    {
      create: script,
      environment: {
        DOMAIN: slot.slot,
        ADDRESS: slot.address,
        READY_URL: `http://${slot.address}:${port}/healthz`,
        DEADLINE_S: String(verificationDeadlineS),
        LIBVIRT_DEFAULT_URI: libvirtUri,
      },
      triggers: [vm.domain.id],
    },
    { parent },
  );
}
