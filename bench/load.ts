/**
 * The load generator as a command, so that it can run inside a network namespace. It writes one JSON line per request
 * and ends early, with its requests finished, on SIGTERM.
 */
import { parseArgs } from "node:util";
import { type ClosedLoop, generateLoad, type LoadOptions, type OpenLoop } from "./generateLoad.ts";

const usage = `usage: node bench/load.ts URL [options]
  --kind KIND               number, sleep, post, or mixed: sleeps and posts (number)
  --loop closed|open        busy connections, or a rate                     (closed)
  --connections N           how many in a closed loop, at most in an open   (50)
  --rate N                  requests per second of an open loop             (50)
  --fresh                   open loop: a new connection for every request
  --sleep-ms MIN-MAX        the time that a sleep or a post asks for        (100-500)
  --think-ms MIN-MAX        closed loop: the pause after each answer        (none)
  --deadline-ms N           a request without an answer has failed after    (5000)
  --seconds N               end after                                       (10)
  --max-requests N          end after                                       (100000)
  example: ip netns exec vigil-demo-client node bench/load.ts http://192.168.10.120 --kind sleep --seconds 5`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kind: { type: "string", default: "number" },
    loop: { type: "string", default: "closed" },
    connections: { type: "string", default: "50" },
    rate: { type: "string", default: "50" },
    fresh: { type: "boolean", default: false },
    "sleep-ms": { type: "string", default: "100-500" },
    "think-ms": { type: "string" },
    "deadline-ms": { type: "string", default: "5000" },
    seconds: { type: "string", default: "10" },
    "max-requests": { type: "string", default: "100000" },
    help: { type: "boolean", default: false },
  },
});

const [origin] = positionals;
if (values.help || origin === undefined) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());

await generateLoad(
  {
    origin,
    kind: oneOf(values.kind, ["number", "sleep", "post", "mixed"] satisfies LoadOptions["kind"][]),
    loop: chooseLoop(),
    sleepMs: range("sleep-ms", values["sleep-ms"]),
    deadlineMs: positive("deadline-ms", values["deadline-ms"]),
    durationMs: positive("seconds", values.seconds) * 1000,
    maxRequests: positive("max-requests", values["max-requests"]),
  },
  stop.signal,
  (record) => process.stdout.write(`${JSON.stringify(record)}\n`),
);

function chooseLoop(): ClosedLoop | OpenLoop {
  const connections = positive("connections", values.connections);
  const shape = oneOf(values.loop, ["closed", "open"]);
  const thinkMs = values["think-ms"] === undefined ? ([0, 0] as const) : range("think-ms", values["think-ms"]);
  if (shape === "closed") return { shape, connections, thinkMs };
  return { shape, connections, ratePerS: positive("rate", values.rate), fresh: values.fresh };
}

function range(option: string, text: string): readonly [number, number] {
  const [least, most] = text.split("-");
  return [positive(option, least), positive(option, most ?? least)];
}

function positive(option: string, text: string | undefined): number {
  const value = Number(text);
  if (value > 0) return value;
  fail(`--${option} must be above 0, found ${text}`);
}

function oneOf<T extends string>(text: string, allowed: readonly T[]): T {
  const value = allowed.find((candidate) => candidate === text);
  return value ?? fail(`expected one of ${allowed.join(", ")}, found ${text}`);
}

function fail(problem: string): never {
  console.error(`${problem}\n${usage}`);
  process.exit(2);
}
