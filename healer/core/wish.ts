/**
 * A person's wish to have a machine replaced. It takes the one way that repairs take, and is none: the machine may be well.
 * So it spends nothing of the budget, waits for no backoff, and whatever comes of it says nothing about any repair.
 */
import { type CauseName, causeOf } from "./causes.ts";
import type { Limits } from "./limits.ts";
import type { SlotState, Suspicion, Wish } from "./state.ts";

const wishCause: CauseName = "replaceWished";

export function isWish(cause: CauseName): boolean {
  return cause === wishCause;
}

/** The wish that has yet to be begun; undefined if there is none, or if it is too old. */
export function openWish({ wish }: SlotState, { wishMs }: Limits, nowMs: number): Wish | undefined {
  return wish !== undefined && nowMs - wish.atMs < wishMs ? wish : undefined;
}

/** The wish as what the decision goes by. */
export function suspicionOf({ by, atMs }: Wish): Suspicion {
  return { cause: wishCause, detail: `${by} asks for it`, sinceMs: atMs };
}

export function sentenceOf({ cause, detail }: Suspicion): string {
  return `${causeOf(cause).title}: ${detail}`;
}
