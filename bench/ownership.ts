/**
 * Who held a virtual address when, as the wire tells it. A balancer holds from its first advert until it announces
 * priority 0 or falls silent; instants with no holder and with two are the figures.
 */
import type { Frame } from "./frames.ts";

export interface VirtualRouter {
  readonly vip: string;
  readonly vrid: number;
  /** Adverts further apart than this are two tenures: three intervals, after which a backup may take over. */
  readonly silenceMs: number;
}

/** That of a pair: a balancer that has missed three adverts and a half is silent. */
export function routerOf(pair: {
  readonly vip: string;
  readonly vrid: number;
  readonly advertMs: number;
}): VirtualRouter {
  return { vip: pair.vip, vrid: pair.vrid, silenceMs: 3.5 * pair.advertMs };
}

/** One uninterrupted series of adverts of one balancer. */
export interface Tenure {
  readonly mac: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Ownership {
  readonly tenures: readonly Tenure[];
  /** The longest time on the wire without a holder, and with two. */
  readonly noHolderMs: number;
  readonly twoHoldersMs: number;
}

export function ownershipOf(frames: readonly Frame[], router: VirtualRouter): Ownership {
  const tenures = tenuresOf(frames, router);
  let [noHolderMs, twoHoldersMs] = [0, 0];
  // Until when the address has been held, by anybody, so far.
  let heldUntilMs = tenures[0]?.fromMs ?? 0;
  for (const { fromMs, toMs } of tenures) {
    noHolderMs = Math.max(noHolderMs, fromMs - heldUntilMs);
    twoHoldersMs = Math.max(twoHoldersMs, Math.min(heldUntilMs, toMs) - fromMs);
    heldUntilMs = Math.max(heldUntilMs, toMs);
  }
  return { tenures, noHolderMs, twoHoldersMs };
}

function tenuresOf(frames: readonly Frame[], { vrid, silenceMs }: VirtualRouter): Tenure[] {
  const closed: Tenure[] = [];
  const open = new Map<string, Tenure>();
  for (const frame of frames) {
    if (frame.type !== "advert" || frame.vrid !== vrid) continue;
    const { mac, timeMs } = frame;
    const tenure = open.get(mac);
    const goesOn = tenure !== undefined && timeMs - tenure.toMs <= silenceMs;
    if (tenure !== undefined && !goesOn) closed.push(tenure);
    if (frame.priority > 0) {
      open.set(mac, { mac, fromMs: goesOn ? tenure.fromMs : timeMs, toMs: timeMs });
    } else {
      // A balancer that never held may say priority 0 too, when it stops; that is no tenure.
      if (goesOn) closed.push({ ...tenure, toMs: timeMs });
      open.delete(mac);
    }
  }
  return [...closed, ...open.values()].sort((one, other) => one.fromMs - other.fromMs);
}

/** A planned move, by what the old holder and the new one said on the wire. */
export interface Move {
  /** When the old holder said its last word. */
  readonly leftMs: number;
  /** When the new holder claimed the address in ARP: whatever was opened before was opened to the old one. */
  readonly takenMs: number;
}

/** The first move after it was asked for; undefined if there was none. */
export function moveOf(frames: readonly Frame[], router: VirtualRouter, askedMs: number): Move | undefined {
  const { claimMs } = takeoverOf(frames, router, askedMs);
  if (claimMs === undefined) return undefined;
  const takenMs = askedMs + claimMs;
  const tenure = tenuresOf(frames, router).findLast(({ fromMs }) => fromMs < askedMs);
  return { leftMs: Math.min(tenure?.toMs ?? takenMs, takenMs), takenMs };
}

export interface Takeover {
  /** From the fault to the first claim of the address by another machine than before, in ARP. */
  readonly claimMs?: number;
  /** The longest time without an answer from the address, among the gaps that end after the fault. */
  readonly answerGapMs?: number;
}

export function takeoverOf(frames: readonly Frame[], { vip }: VirtualRouter, faultMs: number): Takeover {
  const ours = frames.filter((frame) => frame.type !== "advert" && frame.address === vip);
  const answers = ours.filter((frame) => frame.type === "answer");
  const holder = answers.findLast((frame) => frame.timeMs < faultMs)?.mac;
  const claim = ours.find((frame) => frame.type === "claim" && frame.timeMs >= faultMs && frame.mac !== holder);

  let answerGapMs: number | undefined;
  for (const [index, { timeMs }] of answers.entries()) {
    if (timeMs < faultMs) continue;
    const gapMs = timeMs - (answers[index - 1]?.timeMs ?? faultMs);
    answerGapMs = Math.max(answerGapMs ?? 0, gapMs);
  }
  return {
    ...(claim === undefined ? {} : { claimMs: claim.timeMs - faultMs }),
    ...(answerGapMs === undefined ? {} : { answerGapMs }),
  };
}
