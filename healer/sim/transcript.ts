/** What a person reads of a run: when, what the healer heard, why it did what, and what it did. */
import type { Action } from "../core/actions.ts";
import type { Event } from "../core/events.ts";
import { describeFault } from "./faults.ts";
import { run } from "./run.ts";
import type { Scenario } from "./scenario.ts";

export function transcribe(scenario: Scenario): string {
  const lines = [`${scenario.workers} workers, limits ${scenario.limits}, seed ${scenario.seed}`];
  for (const fault of scenario.faults) lines.push(`fault: ${describeFault(fault)}`);
  const { violation, tookMs } = run(scenario, (nowMs, event, reason, actions) => {
    const done = actions.flatMap(describeAction);
    if (reason === "" && done.length === 0) return;
    lines.push(`${seconds(nowMs)}  ${describeEvent(event)}: ${reason}`);
    for (const words of done) lines.push(`${" ".repeat(10)}  -> ${words}`);
  });
  lines.push(`${seconds(tookMs)}  ${violation === undefined ? "the end" : `VIOLATION  ${violation.message}`}`);
  return `${lines.join("\n")}\n`;
}

function describeAction(action: Action): string[] {
  switch (action.kind) {
    case "operate":
      return [`${action.operation} ${action.slot} (repair ${action.generation})`];
    case "replace":
      return [`replace ${action.slots.join(" ")} (repair ${action.generation})`];
    case "page":
      return [`page ${action.topic}: ${action.sentence}`];
    case "clearPage":
      return [`no more ${action.topic}`];
    case "checkDrift":
      return ["check drift"];
    case "journal":
      return action.entry.kind === "status"
        ? [`${action.entry.slot} is ${action.entry.status}: ${action.entry.sentence}`]
        : [];
    case "scale":
      return [`scale to ${action.workers} (repair ${action.generation})`];
    case "askRoom":
      return [`ask for room for ${action.workers}`];
    case "moveVip":
      return [`move the address from ${action.slot} (repair ${action.generation})`];
    case "rotate":
      return [`rotate ${action.slot} ${action.to}`];
    case "probe":
      return [];
  }
}

function describeEvent(event: Event): string {
  switch (event.kind) {
    case "domain":
      return `domain ${event.slot} ${event.domain.state}`;
    case "repaired":
      return `answer to repair ${event.generation} of ${event.slot}`;
    case "rebooted":
    case "ping":
    case "connect":
      return `${event.kind} ${event.slot}`;
    default:
      return event.kind;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`.padStart(10);
}
