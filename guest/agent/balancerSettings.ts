import * as z from "zod/mini";

const milliseconds = z.int().check(z.minimum(10), z.maximum(60_000));
const slotId = z.string().check(z.regex(/^[a-z0-9-]+\/[a-z0-9-]+$/));
const count = z.int().check(z.minimum(1), z.maximum(100));

/** /etc/vigil/balancer.json: rendered from the plan, so it is the same for every state of the workers. */
export const balancerSettingsSchema = z.strictObject({
  version: z.literal(1),
  vip: z.ipv4(),
  /** The balancers of the other hosts, and who else is beyond this host. */
  peers: z.array(z.strictObject({ id: slotId, address: z.ipv4() })),
  witness: z.optional(z.ipv4()),
  /** How many requests each worker is given at once, of those that may be repeated and of the others; any if absent. */
  requestsAtOnce: z.optional(z.int().check(z.minimum(1))),
  candidates: z.array(
    z.strictObject({
      id: slotId,
      address: z.ipv4(),
      port: z.int().check(z.minimum(1), z.maximum(65_535)),
    }),
  ),
  checkIntervalMs: milliseconds,
  standbyIntervalMs: milliseconds,
  checkTimeoutMs: milliseconds,
  fall: count,
  rise: count,
  absentIntervalMs: milliseconds,
});

export type BalancerSettings = z.infer<typeof balancerSettingsSchema>;
export type Candidate = BalancerSettings["candidates"][number];
