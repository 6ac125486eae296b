import type { ServerResponse } from "node:http";
import { finished, Readable } from "node:stream";
import { finished as whenFinished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { historyEntryOf } from "../../history/historyEntry.ts";
import { followEntries } from "../../journal/followEntries.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Beginning } from "../../journal/readAfter.ts";
import type { JournalLine } from "../../journal/readJournal.ts";
import type { Answers } from "../answers.ts";
import { Problem, problems } from "../problem.ts";
import { entryKinds } from "../schemas.ts";
import { wholeNumber } from "../wholeNumber.ts";

export interface EventLimits {
  /** Streams at the same time. */
  readonly maxReaders: number;
  /** Entries that may wait for one reader; one that is further behind is dropped, and may come again with its last id. */
  readonly maxWaiting: number;
  /** A silent stream says so often that it is there. */
  readonly keepAliveMs: number;
}

export const eventLimits: EventLimits = { maxReaders: 32, maxWaiting: 1_000, keepAliveMs: 15_000 };

const number = /^\d{1,15}$/;
const time = z.regexes.datetime({});
/** One text of two forms: of two alternatives a reader of the document could not tell which one `42` is meant to be. */
const sinceSchema = z
  .string()
  .regex(
    new RegExp(`${number.source}|${time.source}`),
    "write a time such as 2026-01-31T08:00:00Z, or an entry's number",
  )
  .transform((text) => (number.test(text) ? Number(text) : text));
/** What waits between the journal and the socket, in bytes. */
const bufferBytes = 64 * 1024;
/** So long the end of the server waits for what is on its way to a reader; who does not read loses the connection. */
const partingMs = 300;

const entryKind = z.enum(entryKinds);

const eventSchema = z
  .object({
    id: z.string().regex(/^\d+$/).describe("The entry's number."),
    event: entryKind.describe("The entry's kind."),
    data: z.string().describe("The entry as JSON."),
  })
  .meta({ id: "Event" });
/** A reader gets events; here is what their text comes from, and is handed on as it is. */
const streamSchema = eventSchema as unknown as z.ZodType<Readable>;

const querySchema = z.strictObject({
  since: sinceSchema
    .optional()
    .describe("Begin at this time, or after the entry with this number; without it, with what is written next."),
  follow: z
    .enum(["true", "false"])
    .default("true")
    .describe("`false`: end with what there is instead of waiting for more."),
  slot: z.string().optional().describe("Only entries about this machine."),
  kind: z
    .union([entryKind, z.array(entryKind)], { error: `write one of ${entryKinds.join(", ")}` })
    .optional()
    .describe("Only entries of this kind; give it more than once for several."),
});

type Filter = Pick<z.infer<typeof querySchema>, "slot" | "kind">;

const headersSchema = z.object({
  "last-event-id": wholeNumber(z.int().min(0))
    .optional()
    .describe("The same as `since`, as a browser sends it; it is the one that counts."),
});

/** The journal as server-sent events: `id` is an entry's number, `event` its kind, `data` the entry as JSON. */
export function eventRoutes(
  answers: Pick<Answers, "requirePresentOrPast">,
  journal: Pick<Journal, "path" | "sequence" | "subscribe">,
  limits: EventLimits,
): FastifyPluginAsyncZod {
  return async (app) => {
    const open = new Map<ServerResponse, AbortController>();
    // A stream never ends by itself, and must not hold up the healer's own end.
    app.addHook("preClose", async () => {
      for (const ending of open.values()) ending.abort();
      const parted = [...open.keys()].map((response) => whenFinished(response));
      await Promise.race([Promise.allSettled(parted), sleep(partingMs, undefined, { ref: false })]);
    });
    app.get(
      "/v1/events",
      {
        // Nobody would read the stream that its answer is about, and it would stay open.
        exposeHeadRoute: false,
        schema: {
          tags: ["ask"],
          summary: "What the healer writes into its journal, as it writes it.",
          querystring: querySchema,
          headers: headersSchema,
          response: {
            200: {
              description: "Server-sent events: `id` is an entry's number, `event` its kind, `data` the entry as JSON.",
              content: { "text/event-stream": { schema: streamSchema } },
            },
            ...problems("badRequest", "unauthorized", "notFound", "tooManyReaders"),
          },
        },
      },
      async (request, reply) => {
        answers.requirePresentOrPast(request.query.slot);
        if (open.size >= limits.maxReaders) {
          throw new Problem("tooManyReaders", `${open.size} streams are open.`, "end one of them.");
        }
        const ending = new AbortController();
        open.set(reply.raw, ending);
        // The stream itself closes only after its source has ended, which may be waiting for an entry.
        finished(reply.raw, () => {
          ending.abort();
          open.delete(reply.raw);
        });
        const from = beginning(request.headers["last-event-id"] ?? request.query.since ?? journal.sequence);
        const stream = eventStream(journal, limits, from, request.query, ending.signal, reply.log);
        reply.type("text/event-stream").header("cache-control", "no-cache");
        return stream;
      },
    );
  };
}

function beginning(since: string | number): Beginning {
  return typeof since === "number" ? { seq: since } : { seq: 0, timeMs: Date.parse(since) };
}

function eventStream(
  journal: Pick<Journal, "path" | "sequence" | "subscribe">,
  { maxWaiting, keepAliveMs: idleMs }: EventLimits,
  from: Beginning,
  query: z.infer<typeof querySchema>,
  signal: AbortSignal,
  log: FastifyReply["log"],
): Readable {
  const onBehind = (error: Error) => void stream.destroy(error);
  const live = query.follow === "true";
  const entries = followEntries({ journal, from, live, maxWaiting, onBehind, idleMs, signal });
  // Whoever reads slowly fills the socket, then this buffer, and then the entries wait: until there are too many.
  const stream = Readable.from(framesOf(entries, query), { objectMode: false, highWaterMark: bufferBytes });
  return stream.on("error", (error) => log.info({ because: error.message }, "a stream of events was ended"));
}

async function* framesOf(entries: ReturnType<typeof followEntries>, filter: Filter): AsyncGenerator<string> {
  // A reader learns at once that it is connected, and not only with the first entry.
  yield ": the journal\n\n";
  for await (const entry of entries) {
    if (entry === undefined) yield ": still here\n\n";
    else if (isWanted(entry, filter)) yield frameOf(entry);
  }
}

function frameOf(entry: JournalLine): string {
  return `id: ${entry.seq}\nevent: ${String(entry.kind)}\ndata: ${JSON.stringify(entry)}\n\n`;
}

/** An entry is about the slot that it names; one of a repair that begins, about all that are repaired together. */
function isWanted(entry: JournalLine, { slot, kind }: Filter): boolean {
  if (kind !== undefined && ![kind].flat().some((wanted) => wanted === entry.kind)) return false;
  if (slot === undefined || entry.slot === slot) return true;
  const begun = historyEntryOf(entry);
  return begun?.kind === "repairBegun" && begun.slots.some((repaired) => repaired.slot === slot);
}
