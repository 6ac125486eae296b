/** Stands in for an engine in tests: it does to its parent what a real one could, and starts processes as one does. */
import { spawn } from "node:child_process";
import type { EngineMessage } from "./protocol.ts";

const behaviour = process.env.FAKE_ENGINE ?? "well";
const send = (message: EngineMessage) => process.send?.(message);

process.on("SIGINT", () => {
  if (behaviour === "polite") end({ ok: false, code: "failed", reason: "cancelled" });
});
if (behaviour === "broken") throw new Error("error: the program cannot be loaded");
process.once("message", () => {
  // A plugin has a group of its own, and lives on when its engine is killed.
  spawn("sleep", ["300"], { detached: true, stdio: "ignore" }).unref();
  if (behaviour === "well") setTimeout(() => end({ ok: true, tookMs: 5 }), 100);
  if (behaviour === "dies") process.kill(process.pid, "SIGKILL");
});
// An engine at work is kept alive by its command line.
setInterval(() => {}, 1_000);
send({ kind: "ready", loadMs: 1 });

function end(end: Extract<EngineMessage, { kind: "ended" }>["end"]): void {
  process.send?.({ kind: "ended", end }, undefined, undefined, () => process.exit(0));
}
