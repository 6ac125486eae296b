import type { ConnectOutcome } from "../core/facts.ts";

/** Not those of a network that is down or has no route: these are troubles of this host. */
const unreachable: ReadonlySet<string> = new Set(["EHOSTUNREACH", "EHOSTDOWN"]);
const silent: ReadonlySet<string> = new Set(["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"]);

/** What a failed connect says about the other side; undefined if it says something about this side alone. */
export function connectOutcomeOf(error: unknown): ConnectOutcome | undefined {
  const code = codeOf(error);
  // A machine that resets the connection while it is being made has a kernel, and nothing that listens.
  if (code === "ECONNREFUSED" || code === "ECONNRESET") return "refused";
  if (unreachable.has(code)) return "unreachable";
  if (silent.has(code)) return "silent";
  return undefined;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
