import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "./problem.ts";
import { type Route, route } from "./route.ts";

const maxIds = 200_000;
const maxIdLength = 128;
const sleepMs = { type: "integer", minimum: 0, maximum: 60_000, default: 0, description: "Milliseconds." } as const;

/** Aids for tests and measurements: a request of known duration, and a count of how often each request ran. */
export function debugRoutes(): Route[] {
  const runs = new Map<string, number>();

  return [
    route({
      method: "GET",
      path: "/debug/sleep",
      summary: "Answers after the given time",
      parameters: { ms: sleepMs },
      answers: { type: "object", properties: { sleptMs: { type: "integer" } } },
      wholeAnswer: true,
      answer: async ({ query, signal }) => {
        await sleep(query.ms, undefined, { signal });
        return { sleptMs: query.ms };
      },
    }),
    route({
      method: "POST",
      path: "/debug/count",
      summary: "Counts the id at once, and answers after the given time",
      parameters: { ms: sleepMs },
      body: { type: "object", required: ["id"], properties: { id: { type: "string", maxLength: maxIdLength } } },
      answers: { type: "object", properties: { id: { type: "string" }, runs: { type: "integer" } } },
      wholeAnswer: true,
      answer: async ({ query, body, signal }) => {
        const id = idOf(body);
        const count = (runs.get(id) ?? 0) + 1;
        if (count === 1 && runs.size >= maxIds)
          throw new Problem(507, `${maxIds} ids are counted: restart the service`);
        runs.set(id, count);
        if (query.ms > 0) await sleep(query.ms, undefined, { signal });
        return { id, runs: count };
      },
    }),
    route({
      method: "GET",
      path: "/debug/count",
      summary: "How many requests ran here, and which ids ran more than once",
      answers: {
        type: "object",
        properties: {
          total: { type: "integer" },
          duplicates: { type: "integer" },
          duplicateIds: { type: "array", items: { type: "string" } },
        },
      },
      wholeAnswer: true,
      answer: () => {
        const duplicateIds = [...runs].filter(([, count]) => count > 1).map(([id]) => id);
        const total = [...runs.values()].reduce((sum, count) => sum + count, 0);
        return { total, duplicates: duplicateIds.length, duplicateIds: duplicateIds.slice(0, 100) };
      },
    }),
    route({
      method: "GET",
      path: "/debug/ids",
      summary: "Every id that ran here with its count: a retry on another worker shows only across all workers",
      answers: { type: "object", properties: { ids: { type: "object", additionalProperties: { type: "integer" } } } },
      wholeAnswer: true,
      answer: () => ({ ids: Object.fromEntries(runs) }),
    }),
  ];
}

function idOf(body: unknown): string {
  const id = typeof body === "object" && body !== null && "id" in body ? body.id : undefined;
  if (typeof id === "string" && id.length > 0 && id.length <= maxIdLength) return id;
  const found = id === undefined ? "missing" : (JSON.stringify(id)?.slice(0, 80) ?? "unreadable");
  throw new Problem(400, "Bad Request", [
    { parameter: "id", found, expected: `a text of 1 to ${maxIdLength} characters` },
  ]);
}
