/**
 * The engine's process. It is forked before it is needed, loads the program and the SDK, and waits; it does one job and
 * ends. A process of its own because an inline program takes over the handling of all errors that nobody caught, because
 * it can be ended whatever state it is in, and because the program and its memory are gone with it.
 */
import { performance } from "node:perf_hooks";
import { type EngineEvent, LocalWorkspace, Stack } from "@pulumi/pulumi/automation/index.js";
import { planStack } from "../../../infra/plan.ts";
import type { DeployedPlan } from "../../../infra/program.ts";
import { loadedDigest } from "../../../infra/programDigest.ts";
import { stackPaths } from "./backend.ts";
import { DeclaredOutputs } from "./declaredOutputs.ts";
import { describeFailure } from "./describeFailure.ts";
import type { EngineEnd, EngineJob, EngineMessage } from "./protocol.ts";
import { scaleUrns } from "./scaleUrns.ts";
import { lackingUrns, slotUrns, vipMoveUrn } from "./slotUrns.ts";
import { readStackState, type StackState } from "./stackState.ts";
import { Starts } from "./starts.ts";
import { writeProject, writeStackFile } from "./workDir.ts";

const [stackName, workDir, backendDir] = process.argv.slice(2) as [string, string, string];

let busy = false;
// The healer and the command line below this process are told to stop together; the command line then ends the update.
process.on("SIGINT", () => {});
// Without its healer an idle engine has no purpose, and an update under way is best brought to its end.
process.on("disconnect", () => {
  if (!busy) process.exit(0);
});

const { declareStack } = await import("../../../infra/program.ts");
await writeProject(workDir);
const workspace = await LocalWorkspace.create({ workDir });
const stack = await Stack.select(stackName, workspace);
// After an update the SDK asks for outputs and history by three more runs of the command line, which nobody reads.
Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });

process.once("message", (job: EngineJob) => {
  busy = true;
  void perform(job).then(async (end) => {
    await send({ kind: "ended", end });
    process.exit(0);
  });
});
await send({ kind: "ready", loadMs: Math.round(performance.now()) });

async function perform(job: EngineJob): Promise<EngineEnd> {
  const beginMs = performance.now();
  const sinceBeginMs = () => Math.round(performance.now() - beginMs);
  const changed: string[] = [];
  const errors: string[] = [];
  const starts = new Starts((resource) => {
    void send({ kind: "progress", phase: "done", resource, op: "start", atMs: sinceBeginMs() });
  });
  const onEvent = (event: EngineEvent) => {
    const { diagnosticEvent: said } = event;
    if (said?.severity === "error") errors.push(said.message);
    if (job.kind === "drift") return noteChange(event, changed);
    starts.hear(event);
    report(event, sinceBeginMs());
  };
  try {
    const state = await readStackState(stackPaths(backendDir, stackName).state);
    if (state.applied.programDigest !== loadedDigest) return stale(state);
    await writeStackFile(workDir, stackName, state);
    const declarePlan = (deployed: DeployedPlan) => {
      if (job.kind !== "drift") starts.reached("program");
      return declareStack(deployed);
    };
    const program = () => declarePlan(state.applied);
    if (job.kind === "drift") {
      const declared = new DeclaredOutputs();
      const watched = async () => declared.watch(await program());
      await stack.preview({ program: watched, onEvent, refresh: true, expectNoChanges: true });
      changed.push(...declared.differencesTo(state.outputs));
      if (changed.length > 0) return { ok: false, code: "changes", reason: changed.join("; ") };
    } else if (job.kind === "scale") {
      const { config } = state.applied;
      const { desired } = job;
      const scaled = () => declarePlan({ config, desired });
      const target = scaleUrns(
        stackName,
        planStack(config, state.applied.desired),
        planStack(config, desired),
        state.urns,
      );
      await stack.up({ program: scaled, onEvent, target, targetDependents: true });
    } else if (job.kind === "moveVip") {
      const urns = [vipMoveUrn(stackName, job.slot)];
      await stack.up({ program, onEvent, target: urns, replace: urns });
    } else {
      const replace = job.slots.flatMap((slot) => slotUrns(stackName, slot));
      const target = [...replace, ...lackingUrns(stackName, job.slots, state.urns)];
      await stack.up({ program, onEvent, target, replace, targetDependents: true });
    }
    return { ok: true, tookMs: sinceBeginMs() };
  } catch (error) {
    return describeFailure(error, errors, changed);
  }
}

function stale({ applied }: StackState): EngineEnd {
  const [deployed, here] = [applied.programDigest, loadedDigest].map((digest) => digest.slice(0, 12));
  const reason = `release ${deployed} is deployed, and this is release ${here}: run \`pulumi up\` for the whole stack, or put the deployed release back.`;
  return { ok: false, code: "stale", reason };
}

function report(event: EngineEvent, atMs: number): void {
  const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
  const step = resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent;
  if (step === undefined) return;
  const { op, urn, type } = step.metadata;
  // A component is done when its parts are, which are told themselves.
  if (op === "same" || op === "read" || type.startsWith("vigil:")) return;
  const phase = resourcePreEvent ? "begun" : resOpFailedEvent ? "failed" : "done";
  void send({ kind: "progress", phase, resource: `${kindOf(type)} ${nameOf(urn)}`, op, atMs });
}

function noteChange({ resourcePreEvent, resOutputsEvent }: EngineEvent, changed: string[]): void {
  const step = resourcePreEvent ?? resOutputsEvent;
  if (step === undefined || ["same", "read", "refresh"].includes(step.metadata.op)) return;
  const { op, urn, diffs } = step.metadata;
  const found = `${nameOf(urn)}: ${op}${diffs?.length ? ` (${diffs.join(", ")})` : ""}`;
  if (!changed.includes(found)) changed.push(found);
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** `domain` of `libvirt:index/domain:Domain`. */
function kindOf(type: string): string {
  return (type.split(":").at(-1) ?? type).toLowerCase();
}

/** A healer that has died reads nothing; the update goes on without it. */
function send(message: EngineMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}
