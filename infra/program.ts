import * as pulumi from "@pulumi/pulumi";
import { createHostStack } from "../stacks/hostStack.ts";
import { managedFileDigests } from "../stacks/managedFiles.ts";
import type { StackOutputs } from "../stacks/outputs.ts";
import { parseConfig } from "./config.ts";
import { ConfigError } from "./configError.ts";
import { readDesired } from "./desired.ts";
import { overriddenWorkers } from "./overriddenWorkers.ts";
import { desiredPath } from "./paths.ts";
import { planStack } from "./plan.ts";
import { programDigest } from "./programDigest.ts";
import { checkSurvival } from "./survival.ts";

/** What a full update has deployed, as the outputs carry it. */
export type DeployedPlan = Pick<StackOutputs["applied"], "config" | "desired">;

/** The stack's outputs before the engine has resolved them. */
export type DeclaredOutputs = { [Key in keyof StackOutputs]: pulumi.Input<StackOutputs[Key]> };

/**
 * Declares one host's stack. Everything that can be wrong with configuration or desired state is reported before the
 * first resource is declared, as a RunError, so that the engine prints the problems and no stack trace.
 *
 * A repair passes what is deployed: then neither configuration nor desired state are read, so that what somebody has
 * changed there and not applied is not deployed by a repair, and what is wrong there does not prevent one.
 */
export async function declareStack(deployed?: DeployedPlan): Promise<DeclaredOutputs> {
  const { config, desired, plan } = deployed === undefined ? await readPlan() : planDeployed(deployed);
  const overridden = deployed === undefined ? overriddenWorkers(config, desired) : undefined;
  if (overridden !== undefined) await pulumi.log.info(overridden);
  for (const { verdict, reason } of checkSurvival([plan])) {
    if (verdict === "fails") await pulumi.log.warn(reason);
  }
  const stack = createHostStack(plan, config["libvirt:uri"]);
  return {
    version: 1,
    applied: { config, desired, programDigest: programDigest() },
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
    return { config, desired, plan: planStack(config, desired) };
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

function planDeployed({ config, desired }: DeployedPlan) {
  return { config, desired, plan: planStack(config, desired) };
}
