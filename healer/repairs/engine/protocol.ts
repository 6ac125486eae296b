/** What the healer and its engine say to each other, as one message each. */
import type { Desired } from "../../../infra/desired.ts";

/**
 * `replace`: one update that rebuilds these slots. `scale`: one that makes and removes workers, and deploys this.
 * `moveVip`: one that has this balancer yield the service's address.
 * `drift`: a refreshed preview; it changes nothing.
 */
export type EngineJob =
  | { readonly kind: "replace"; readonly slots: readonly SlotTarget[] }
  | { readonly kind: "scale"; readonly desired: Desired }
  | { readonly kind: "moveVip"; readonly slot: string }
  | { readonly kind: "drift" };

export interface SlotTarget {
  readonly slot: string;
  readonly role: "worker" | "balancer";
  /** Whether the seed's volume is lost too. It holds identity alone and is kept otherwise. */
  readonly seed: boolean;
}

export type EngineMessage =
  /** Loaded, and waiting for a job. */
  | { readonly kind: "ready"; readonly loadMs: number }
  | EngineProgress
  | { readonly kind: "ended"; readonly end: EngineEnd };

/**
 * One step on one resource, or the start of what there has to be before the first: the engine, the program, the
 * providers. `atMs` counts from the engine's taking of the job.
 */
export interface EngineProgress {
  readonly kind: "progress";
  readonly phase: "begun" | "done" | "failed";
  /** Its kind and its name: `domain web-1`; or `engine`, `program`, `providers`, whose `op` is `start`. */
  readonly resource: string;
  readonly op: string;
  readonly atMs: number;
}

/**
 * `locked`: another update holds the stack. `stale`: this engine was loaded from other sources than the deployed ones.
 * `changes`: a drift check found some.
 */
export type EngineEnd =
  | { readonly ok: true; readonly tookMs: number }
  | { readonly ok: false; readonly code: "locked" | "stale" | "changes" | "failed"; readonly reason: string };
