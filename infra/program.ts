import * as pulumi from "@pulumi/pulumi";
import { createHostStack } from "../stacks/hostStack.ts";
import { managedFileDigests } from "../stacks/managedFiles.ts";
import type { StackOutputs } from "../stacks/outputs.ts";
import { parseConfig, type StackConfig } from "./config.ts";
import { ConfigError } from "./configError.ts";
import { type Desired, readDesired } from "./desired.ts";
import { overriddenWorkers } from "./overriddenWorkers.ts";
import { desiredPath } from "./paths.ts";
import { planStack, type StackPlan } from "./plan.ts";
import { loadedDigest } from "./programDigest.ts";
import { lossesOf, refusalsOf } from "./survival.ts";

/** What a full update has deployed, as the outputs carry it. */
export type DeployedPlan = Pick<StackOutputs["applied"], "config" | "desired">;

/** The stack's outputs before the engine has resolved them. */
export type DeclaredOutputs = { [Key in keyof StackOutputs]: pulumi.Input<StackOutputs[Key]> };

/**
 * Declares one host's stack. Everything that can be wrong with configuration or desired state is reported before the
 * first resource is declared, as a RunError, so that the engine prints the problems and no stack trace.
 *
 * A repair passes what is deployed: then neither configuration nor desired state are read, so that what somebody has
 * changed there and not applied is not deployed by a repair, and what is wrong there does not prevent one. Nor is it asked
 * whether the loss of a host would be survived: while one is lost, that may well be so.
 */
export async function declareStack(deployed?: DeployedPlan): Promise<DeclaredOutputs> {
  const { config, desired, plan } = deployed === undefined ? await readPlan() : planDeployed(deployed);
  if (deployed === undefined) {
    for (const note of notesOf(config, desired, plan)) await pulumi.log.info(note);
  }
  const stack = createHostStack(plan, config["libvirt:uri"]);
  return {
    version: 1,
    applied: { config, desired, programDigest: loadedDigest },
    host: plan.host.name,
    vip: plan.site.vip,
    slots: plan.slots.map(({ slot, id, role, address, mac, uuid, servicePort, heartbeatPort }) => ({
      slot,
      id,
      role,
      address,
      mac,
      uuid,
      servicePort,
      heartbeatPort,
    })),
    managedFiles: managedFileDigests(plan),
    hostKeys: stack.hostPublicKeys,
    loginPublicKey: pulumi.unsecret(stack.loginKey.apply((key) => key.publicKey)),
    loginPrivateKey: stack.loginKey.apply((key) => key.privateKeyOpenssh),
  };
}

async function readPlan() {
  try {
    const config = parseConfig(pulumi.runtime.allConfig(), pulumi.getStack());
    const desired = await readDesired(desiredPath);
    const plan = planStack(config, desired);
    const refusals = refusalsOf(config, plan);
    if (refusals.length > 0) throw new ConfigError(refusals);
    return { config, desired, plan };
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** What a person who looks at the preview would wonder about later, a sentence each. */
function notesOf(config: StackConfig, desired: Desired, plan: StackPlan): string[] {
  const overridden = overriddenWorkers(config, desired);
  const accepted = lossesOf(config, plan).filter(({ verdict }) => verdict === "accepted");
  return [
    ...(overridden === undefined ? [] : [overridden]),
    ...accepted.flatMap(({ lacks }) => lacks.map(({ found }) => `${found}, as vigil:site.acceptLossOf accepts`)),
  ];
}

function planDeployed({ config, desired }: DeployedPlan) {
  return { config, desired, plan: planStack(config, desired) };
}
