import type { EngineEnd } from "./protocol.ts";

const maxReasonLength = 600;

/**
 * Says why an update failed, in what the engine itself reported as errors. The raw output of the engine is never passed
 * on: it may show inputs.
 */
export function describeFailure(error: unknown, errors: readonly string[], changed: readonly string[]): EngineEnd {
  const text = error instanceof Error ? error.message : String(error);
  if (/the stack is currently locked/.test(text)) {
    return { ok: false, code: "locked", reason: "another update has taken the stack in the meantime." };
  }
  if (/no changes were expected/.test(text) && changed.length > 0) {
    return { ok: false, code: "changes", reason: changed.join("; ") };
  }
  const said = errors.map(clean).filter((line) => line !== "");
  const reason = said.length > 0 ? said.join(" ") : clean(lastError(text));
  return { ok: false, code: "failed", reason: reason.slice(0, maxReasonLength) };
}

/** The SDK's message holds all that the command line has printed; the error is its last line that says so. */
function lastError(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => line.includes("error:")) ?? lines[0] ?? "the engine said nothing";
}

/** Without the engine's mark-up of colours, and on one line. */
function clean(message: string): string {
  return message
    .replaceAll(/<\{%[^%]*%\}>/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}
