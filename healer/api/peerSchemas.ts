/** What the API answers of the healers of other hosts. */
import { z } from "zod";
import type { PeerFailure, PeerStatus } from "../core/peer.ts";

const durationMs = z.int().nonnegative();

const peerStatuses = ["neverHeard", "green", "silent", "refused"] as const satisfies readonly PeerStatus[];

const peerFailures = [
  "noPin",
  "wrongKey",
  "noListener",
  "unreachable",
  "timeout",
  "closed",
  "garbage",
  "otherVersion",
] as const satisfies readonly PeerFailure[];

export const peerSchema = z
  .object({
    peer: z.string().describe("Its host."),
    address: z.string(),
    status: z
      .enum(peerStatuses)
      .describe(
        "`silent`: it answered before; that its host is dead does not follow. `neverHeard`: not since this healer started. `refused`: whoever answers there has another key than the pinned one.",
      ),
    since: z.iso.datetime().describe("By this host's clock; of a silent one, since its last word."),
    forMs: durationMs,
    sentence: z.string().describe("What it says of itself, or why nothing is heard."),
    heardAgoMs: durationMs.optional().describe("Since it was last heard."),
    reason: z
      .enum(peerFailures)
      .optional()
      .describe("Why the last question to it came to nothing; absent if it did not."),
    healer: z.string().optional().describe("The release that runs there."),
    verdict: z.string().optional().describe("Its own verdict on its host when it was last heard."),
    what: z.string().optional().describe("That verdict in a sentence."),
    planned: z.string().optional().describe("It goes, or went, away on purpose: why."),
    updating: z.array(z.string()).optional().describe("The machines of the update that was under way there."),
  })
  .meta({ id: "Peer" });

export const peersSchema = z.object({ host: z.string(), peers: z.array(peerSchema) }).meta({ id: "Peers" });

export type Peer = z.infer<typeof peerSchema>;
