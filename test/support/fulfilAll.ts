import type { Action } from "../../healer/core/actions.ts";
import type { News } from "../../healer/core/events.ts";
import type { State } from "../../healer/core/state.ts";
import { type ApiFixture, goodBeat, goodPeer, testPlanned } from "./apiFixture.ts";

const running = { state: "running", reason: "booted", id: 1 } as const;
/** The one end of an update that costs no budget, so that a wish can be had again and again. */
const locked = { ok: false, code: "locked", reason: "somebody else holds the stack." } as const;

/** All machines are well, and what was wished before has come to its end: the healer is ready for the next wish. */
export function fulfilAll({ healer, asked }: Pick<ApiFixture, "healer" | "asked">): void {
  for (const { slot } of testPlanned) {
    const service = isToDrain(healer.state, slot) ? "draining" : "up";
    healer.hear({ kind: "beat", slot, beat: { ...goodBeat(slot), service } });
    healer.hear({ kind: "domain", slot, domain: running });
  }
  healer.hear({ kind: "peers", peers: Object.keys(healer.state.hosts).map(goodPeer) });
  if (healer.state.hostDrain !== undefined) healer.hear({ kind: "hostReturn", by: "the test" });
  if (isPaused(healer.state)) healer.hear({ kind: "resume", by: "the test" });
  healer.hear({ kind: "tick", lagMs: 0 });
  for (const event of asked.splice(0).flatMap(answersTo)) healer.hear(event);
}

function isToDrain({ slots, scaling }: State, slot: string): boolean {
  return slots[slot]?.drain !== undefined || scaling?.leaving.includes(slot) === true;
}

function isPaused(state: State): boolean {
  return [state, ...Object.values(state.slots)].some(({ pausedUntilMs }) => pausedUntilMs > performance.now());
}

function answersTo(action: Action): News[] {
  switch (action.kind) {
    case "replace":
      return action.slots.map((slot) => ({ kind: "repaired", slot, generation: action.generation, outcome: locked }));
    case "scale":
      return [{ kind: "scaled", generation: action.generation, outcome: locked }];
    case "moveVip":
      return [{ kind: "vipMoved", generation: action.generation, outcome: locked }];
    case "rotate":
      return [{ kind: "rotated", slot: action.slot, generation: action.generation, outcome: { ok: true } }];
    default:
      return [];
  }
}
