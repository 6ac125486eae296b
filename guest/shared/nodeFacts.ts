import * as z from "zod/mini";
import { readStrictFile } from "./strictFile.ts";

const port = z.int().check(z.minimum(1), z.maximum(65_535));
const name = z.string().check(z.regex(/^[a-z0-9-]+$/));

export const nodeFactsSchema = z.strictObject({
  version: z.literal(1),
  site: name,
  host: name,
  slot: name,
  role: z.enum(["worker", "balancer"]),
  address: z.ipv4(),
  servicePort: port,
  heartbeatPort: port,
});

/** Who this machine is: constant for a slot, written at the first boot. */
export type NodeFacts = z.infer<typeof nodeFactsSchema>;

export function readNodeFacts(path: string): NodeFacts {
  return readStrictFile(path, nodeFactsSchema);
}

/** The slot's name in the site, for example `bk/web-1`. */
export function slotId(facts: Pick<NodeFacts, "host" | "slot">): string {
  return `${facts.host}/${facts.slot}`;
}
