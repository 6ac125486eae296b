/**
 * The rules of the facts by which the loss of a host is judged. They are optional, but not by halves: what is asked for
 * needs every figure that it is measured by, and a figure that nothing is measured by would be believed to protect. Like
 * the other rules they read raw values and skip what is not readable.
 */
import { parseRange } from "./address.ts";
import { record } from "./configChecks.ts";
import { describe, type Problem } from "./configError.ts";
import { measuredWorkerSchema, roomSchema } from "./configSchema.ts";
import { lackOf, workerRoom } from "./workerRoom.ts";

type Found = Omit<Problem, "file">;
type Host = readonly [name: string, facts: Record<string, unknown>];

/** Whether something that is asked for is measured by a fact of every host. */
interface Ask {
  readonly isAsked: boolean;
  /** The key of what asks. */
  readonly by: string;
}

export function checkSurvivalFacts(raw: unknown, file: string, prefix: string): Problem[] {
  const site = record(raw);
  const hosts = Object.entries(record(site.hosts)).map(([name, facts]): Host => [name, record(facts)]);
  const survival = `${prefix}.survival`;
  const ofAll: Ask = { isAsked: site.survival !== undefined, by: survival };
  const ofLinks: Ask = { isAsked: record(site.survival).inboundMbps !== undefined, by: `${survival}.inboundMbps` };
  const problems: Found[] = [
    ...hosts.flatMap(([name, { workers, room, linkMbps }]) => {
      const at = `${prefix}.hosts.${name}`;
      return [
        ...checkThere(`${at}.workers`, workers, ofAll),
        ...checkThere(`${at}.room`, room, ofAll),
        ...checkThere(`${at}.linkMbps`, linkMbps, ofLinks),
        ...checkOfUse(`${at}.room`, room, ofAll),
        ...checkOfUse(`${at}.linkMbps`, linkMbps, ofLinks),
      ];
    }),
    ...hosts.flatMap((host) => checkStatedWorkers(host, record(site.survival).worker, prefix)),
    ...checkAccepted(site.acceptLossOf, hosts, `${prefix}.acceptLossOf`),
  ];
  return problems.map((problem) => ({ file, ...problem }));
}

/** A worker that is larger than the site says of all workers would make every figure of the site too good. */
export function checkWorkerSize(raw: Record<string, unknown>, file: string, project: string): Problem[] {
  const stated = record(record(record(raw.site).survival).worker);
  const own = record(raw.worker);
  return ["memoryMib", "vcpus"].flatMap((key) => {
    const [most, found] = [stated[key], own[key]];
    if (typeof most !== "number" || typeof found !== "number" || found <= most) return [];
    const remedy = `write at most ${most}, what ${project}:site.survival.worker says that every worker takes at most, or raise it there`;
    return [{ file, key: `${project}:worker.${key}`, found: describe(found), remedy }];
  });
}

function checkThere(key: string, value: unknown, { isAsked, by }: Ask): Found[] {
  if (!isAsked || value !== undefined) return [];
  return [{ key, found: describe(value), remedy: `state it for every host, or remove ${by}, which is measured by it` }];
}

/** The number of workers is not looked at here: it is of use by itself. */
function checkOfUse(key: string, value: unknown, { isAsked, by }: Ask): Found[] {
  if (isAsked || value === undefined) return [];
  return [{ key, found: describe(value), remedy: `remove it, or state ${by}: without that nothing is measured by it` }];
}

function checkStatedWorkers([name, { workers, pool, room }]: Host, worker: unknown, prefix: string): Found[] {
  const range = parseRange(pool);
  if (typeof workers !== "number" || range === undefined) return [];
  const most = workerRoom(range.size, roomSchema.safeParse(room).data, measuredWorkerSchema.safeParse(worker).data);
  if (workers <= most.workers) return [];
  const remedy = `write at most ${most.workers}: ${name} has no ${lackOf(most)} for more`;
  return [{ key: `${prefix}.hosts.${name}.workers`, found: describe(workers), remedy }];
}

function checkAccepted(accepted: unknown, hosts: readonly Host[], key: string): Found[] {
  if (!Array.isArray(accepted)) return [];
  const names = hosts.map(([name]) => name);
  return accepted.flatMap((name: unknown, index) => {
    const isKnown = typeof name !== "string" || names.includes(name);
    if (isKnown && accepted.indexOf(name) === index) return [];
    const remedy = isKnown ? "remove it: it is there already" : `name a host of the site: ${names.join(", ")}`;
    return [{ key: `${key}.${index}`, found: describe(name), remedy }];
  });
}
