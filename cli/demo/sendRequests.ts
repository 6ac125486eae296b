import type { Lab } from "../../lab/lab.ts";
import { inClient } from "../../lab/machine.ts";

export interface Answers {
  readonly sent: number;
  /** What came in the place of each good answer: "#7: 503 after 0.012 s", or curl's own words. */
  readonly failures: readonly string[];
  /** How many good answers took longer than a second. */
  readonly slow: number;
  /** How many requests each worker answered, by slot id. */
  readonly spread: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
}

/** Longer than nginx tries (proxy_next_upstream_timeout): slowness is counted apart, and is not a failure. */
const timeoutS = 12;
/** The whole of it: an address that nobody has must not keep a person waiting for the sum of all requests. */
const timeoutMs = 120_000;
/** As in the bench. */
const slowS = 1;

/** One line for each request, in their order, in curl's words: https://curl.se/docs/manpage.html#-w */
const perRequest = "%{http_code}\\t%{time_total}\\t%header{x-vigil-slot}\\t%{errormsg}\\n";

/** Sends requests from the client to the service address, one after the other and each on a connection of its own. */
export async function sendRequests(lab: Lab, vip: string, count: number): Promise<Answers> {
  // curl repeats the request for every number in the fragment, which is never sent.
  const url = `http://${vip}/random/number#[1-${count}]`;
  const options = [
    "--silent",
    "--max-time",
    String(timeoutS),
    "--header",
    "Connection: close",
    "--output",
    "/dev/null",
  ];
  const startMs = performance.now();
  const { stdout } = await inClient(lab, ["curl", ...options, "--write-out", perRequest, url], { timeoutMs });
  const elapsedMs = performance.now() - startMs;
  return { sent: count, ...readAnswers(stdout, count), elapsedMs };
}

/** Reads what curl wrote of each request. What has not been answered with a whole 200 has failed. */
export function readAnswers(written: string, sent: number): Omit<Answers, "sent" | "elapsedMs"> {
  const lines = written.split("\n");
  const spread = new Map<string, number>();
  const failures: string[] = [];
  let slow = 0;
  for (let index = 0; index < sent; index++) {
    const [code = "", seconds = "", slot = "", error = ""] = (lines[index] ?? "").split("\t");
    if (code !== "200" || error !== "") {
      failures.push(`#${index + 1}: ${code === "" ? "never sent" : `${error || code} after ${seconds} s`}`);
      continue;
    }
    const worker = slot || "unknown";
    spread.set(worker, (spread.get(worker) ?? 0) + 1);
    if (Number(seconds) > slowS) slow += 1;
  }
  return { failures, slow, spread };
}
