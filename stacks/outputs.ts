/**
 * The contract between the program and everything that reads its outputs: the healer, the CLI, the tests. A reader that
 * meets another version, an unknown key or a value that the engine did not know refuses to act on it.
 */
import { z } from "zod";
import { sha256, stackConfigSchema } from "../infra/configSchema.ts";
import { desiredSchema } from "../infra/desired.ts";

/** The engine's stand-in for a value that it does not know yet. A targeted update can write it out as plain text. */
export const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const publicKey = z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/]{68}( .*)?$/, { error: "not an ed25519 public key" });
const port = z.int().min(1).max(65535);

const slotOutput = z.strictObject({
  slot: z.string(),
  id: z.string(),
  role: z.enum(["worker", "balancer"]),
  address: z.ipv4(),
  mac: z.string().regex(/^52:54:00(:[0-9a-f]{2}){3}$/, { error: "not a MAC of this product" }),
  uuid: z.uuid(),
  heartbeatPort: port,
  servicePort: port.optional(),
});

export const outputsSchema = z.strictObject({
  version: z.literal(1),
  /** What the last full update deployed; repairs run this, not the files as they are now. */
  applied: z.strictObject({ config: stackConfigSchema, desired: desiredSchema, programDigest: sha256 }),
  host: z.string(),
  vip: z.ipv4(),
  slots: z.array(slotOutput),
  /** slot -> path -> sha256 of every file that the program pushed: what a guest's own report is compared with. */
  managedFiles: z.record(z.string(), z.record(z.string(), sha256)),
  loginPublicKey: publicKey,
  /** The ssh host key of each slot, to be pinned. */
  hostKeys: z.record(z.string(), publicKey),
  /** Secret. In OpenSSH form. */
  loginPrivateKey: z.string().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----", {
    error: "not a private key: read the outputs with --show-secrets",
  }),
});

export type StackOutputs = z.infer<typeof outputsSchema>;

export type SlotOutput = StackOutputs["slots"][number];

/** The outputs were written by another release, by an unfinished update, or by hand. Act on none of them. */
export class OutputsError extends Error {
  constructor(problems: readonly string[]) {
    super(["the stack's outputs cannot be used; run `pulumi up` for the whole stack first.", ...problems].join("\n  "));
    this.name = "OutputsError";
  }
}

/** Parses what `pulumi stack output --json --show-secrets` prints. The error names keys only: one value is secret. */
export function parseOutputs(raw: unknown): StackOutputs {
  const unknowns = pathsOfUnknown(raw, "");
  if (unknowns.length > 0) throw new OutputsError(unknowns.map((path) => `${path}: not known when it was written`));
  const parsed = outputsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new OutputsError(parsed.error.issues.map((issue) => `${issue.path.join(".") || "outputs"}: ${issue.message}`));
}

function pathsOfUnknown(value: unknown, path: string): string[] {
  if (typeof value === "string") return value.includes(unknownMarker) ? [path || "outputs"] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const here = path === "" ? key : `${path}.${key}`;
    return key.includes(unknownMarker) ? [here] : pathsOfUnknown(child, here);
  });
}
