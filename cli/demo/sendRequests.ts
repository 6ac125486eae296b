import type { Lab } from "../../lab/lab.ts";
import { inClient } from "../../lab/machine.ts";

export interface Answers {
  readonly sent: number;
  /** What came in the place of each good answer: "#7: 503 after 0.012 s", or curl's own words. */
  readonly failures: readonly string[];
  /** How many requests each worker answered, by slot id. */
  readonly spread: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
}

/** One line for each request, in their order, in curl's words: https://curl.se/docs/manpage.html#-w */
const perRequest = "%{http_code}\\t%{time_total}\\t%header{x-vigil-slot}\\t%{errormsg}\\n";

/** Sends requests from the client to the service address, one after the other and each on a connection of its own. */
export async function sendRequests(lab: Lab, vip: string, count: number): Promise<Answers> {
  // curl repeats the request for every number in the fragment, which is never sent.
  const url = `http://${vip}/random/number#[1-${count}]`;
  const options = ["--silent", "--max-time", "2", "--header", "Connection: close", "--output", "/dev/null"];
  const startMs = performance.now();
  const { stdout } = await inClient(lab, ["curl", ...options, "--write-out", perRequest, url]);
  const elapsedMs = performance.now() - startMs;
  return { sent: count, ...readAnswers(stdout, count), elapsedMs };
}

/** Reads what curl wrote of each request. What has not been answered with a whole 200 has failed. */
export function readAnswers(written: string, sent: number): Pick<Answers, "failures" | "spread"> {
  const lines = written.split("\n");
  const spread = new Map<string, number>();
  const failures: string[] = [];
  for (let index = 0; index < sent; index++) {
    const [code = "", seconds = "", slot = "", error = ""] = (lines[index] ?? "").split("\t");
    if (code === "200" && error === "") spread.set(slot || "unknown", (spread.get(slot || "unknown") ?? 0) + 1);
    else failures.push(`#${index + 1}: ${code === "" ? "never sent" : `${error || code} after ${seconds} s`}`);
  }
  return { failures, spread };
}
