/** What healers tell each other. Hosts are brought to another release one after the other, so both sides of it have to be understood. */
import { z } from "zod";

/** Grows when an older healer would misunderstand what stands here. Keys that are added are passed over by older ones. */
export const viewVersion = 1;

/** Shown on terminals. */
const words = z.string().regex(/^[^\p{Cc}]{0,300}$/u);

export const viewSchema = z
  .object({
    version: z.literal(viewVersion),
    host: z.string(),
    healer: words.describe("The product's release that runs."),
    incarnation: z.string().min(1).max(64).describe("Of the healer's process; another one has started anew."),
    sequence: z.int().positive().describe("Grows with each view of an incarnation."),
    site: z.string().max(64).optional().describe("A digest of the deployed site facts; absent until they were read."),
    marks: z.object({
      updating: z.array(words).max(256).optional().describe("The machines of the update that is under way."),
      pausedForMs: z.int().nonnegative().optional().describe("A person has stopped all repairs for so long."),
      planned: words.optional().describe("It goes away on purpose: why."),
      ending: z
        .boolean()
        .optional()
        .describe(
          "It goes only because its healer was told to end: it is expected back soon. Otherwise a person decides.",
        ),
      workers: z
        .object({
          own: z.int().nonnegative(),
          green: z.int().nonnegative(),
          drained: z.int().nonnegative().optional().describe("That get no requests because a person wants that."),
        })
        .optional()
        .describe("Of its host, without those that stand in for others; absent while it does not listen to them."),
    }),
    status: z
      .unknown()
      .optional()
      .describe("What GET /v1/status of its API answers; absent while it does not listen to its machines."),
  })
  .meta({ id: "PeerView" });

export type ViewMessage = z.infer<typeof viewSchema>;

export class MessageError extends Error {
  readonly failure: "garbage" | "otherVersion";

  constructor(failure: "garbage" | "otherVersion", message: string) {
    super(message);
    this.failure = failure;
  }
}

/** Throws MessageError with what is wrong, if it is not the view of that peer in this release's version. */
export function parseView(peer: string, text: string): ViewMessage {
  const raw = fromJson(text);
  const version = z.looseObject({ version: z.int() }).safeParse(raw).data?.version;
  if (version !== undefined && version !== viewVersion) {
    const remedy = `bring ${version > viewVersion ? "this host" : peer} to the newer release`;
    throw new MessageError(
      "otherVersion",
      `it answers, with views of version ${version} where this healer knows version ${viewVersion}: ${remedy}`,
    );
  }
  const { data, error } = viewSchema.safeParse(raw);
  if (data === undefined) {
    const [issue] = error.issues;
    const where = issue?.path.join(".") || "all of it";
    throw new MessageError("garbage", `what it answers is no view: ${where}: ${issue?.message}`);
  }
  if (data.host === peer) return data;
  throw new MessageError(
    "garbage",
    `it says that it is the healer of ${data.host}, and has the key that is pinned for ${peer}`,
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
