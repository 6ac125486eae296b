/**
 * Reads a stack's state from the backend's own file. The engine's command line would do so too, but takes a second for
 * it, and refuses as soon as the file of the stack's configuration is wrong.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { outputsSchema, type StackOutputs } from "../../../stacks/outputs.ts";

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  pendingReplacement: z.boolean().optional(),
  outputs: z.record(z.string(), z.unknown()).optional(),
});

const checkpointSchema = z.object({
  version: z.number(),
  checkpoint: z.object({
    latest: z.object({
      secrets_providers: z.object({ type: z.literal("passphrase"), state: z.object({ salt: z.string() }) }),
      resources: z.array(resourceSchema).min(1),
      pending_operations: z.array(z.unknown()).nullish(),
    }),
  }),
});

export interface StackState {
  /** What the passphrase is mixed with: the generated stack file needs it to read the secrets. */
  readonly salt: string;
  readonly applied: StackOutputs["applied"];
  /** All outputs as the state has them: what is secret is a cipher. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly pendingOperations: number;
  readonly urns: readonly string[];
  /** Without those that an update has deleted and was to make again, when it was cut short. */
  readonly madeUrns: readonly string[];
}

/** What an update will find there. */
export type StackUrns = Pick<StackState, "urns" | "madeUrns">;

/** The state's file is missing, or truncated by a power cut. */
export class StateUnreadableError extends Error {
  override name = "StateUnreadableError";
}

/** Rejects StateUnreadableError; or an Error, in one sentence, if the state is well and holds no deployed plan. */
export async function readStackState(path: string): Promise<StackState> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new StateUnreadableError(`the state ${path} is missing.`);
  });
  return parseStackState(text, path);
}

export function parseStackState(text: string, path: string): StackState {
  const json = fromJson(text);
  if (json === undefined) throw new StateUnreadableError(`the state ${path} is truncated.`);
  const checkpoint = checkpointSchema.safeParse(json);
  // It is whole and of another shape: a person destroyed the stack, or took another secrets provider. Nothing to recover.
  if (!checkpoint.success) throw new Error(`the state ${path} holds nothing that is deployed by this release.`);
  const { secrets_providers, resources, pending_operations } = checkpoint.data.checkpoint.latest;
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const applied = outputsSchema.shape.applied.safeParse(root?.outputs?.applied);
  if (!applied.success) {
    throw new Error(`the state ${path} does not say what is deployed: run \`pulumi up\` once.`);
  }
  return {
    salt: secrets_providers.state.salt,
    applied: applied.data,
    outputs: root?.outputs ?? {},
    pendingOperations: pending_operations?.length ?? 0,
    urns: resources.map(({ urn }) => urn),
    madeUrns: resources.flatMap(({ urn, pendingReplacement }) => (pendingReplacement ? [] : [urn])),
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
