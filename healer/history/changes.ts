/** What persons have changed that repairs nothing, and what has become of that. */
import type { HistoryEntry } from "./historyEntry.ts";

/** What a person had changed without a repair. */
export interface ChangeRecord {
  /** The number of the entry that began it. */
  readonly id: number;
  readonly by: string;
  readonly begunAt: string;
  readonly endedAt?: string;
  /** `done`: it is so. Otherwise the word for why not, as for a repair. */
  readonly outcome: "underWay" | "done" | Failure;
  readonly reason?: string;
}

export interface ScaleRecord extends ChangeRecord {
  readonly workers: number;
  /** The last resource that its update was done with. */
  readonly step?: string;
}

/** A host that was taken out of service: `done` when it has returned. */
export interface HostDrainRecord extends ChangeRecord {
  /** What for. */
  readonly why: string;
}

/** Why it came to nothing. */
export type Failure = "locked" | "preflight" | "deadline" | "failed" | "cutOff";

/** The engine may have brought it to its end alone. */
export function isDeployed(scale: ScaleRecord | undefined, slots: readonly string[] | undefined): boolean {
  return slots?.filter((slot) => slot.startsWith("web-")).length === scale?.workers;
}

/** Fewer workers that were cut short are brought about in the end; more are taken back. */
export function settled(
  scale: ScaleRecord | undefined,
  { at, workers, outcome }: Extract<HistoryEntry, { kind: "scaleSettled" }>,
): ScaleRecord | undefined {
  if (scale === undefined || outcome !== "ok" || scale.workers !== workers) return scale;
  const { reason: _, ...rest } = scale;
  return { ...rest, endedAt: at, outcome: "done" };
}

export function changeEnded<Change extends ChangeRecord>(change: Change | undefined, endedAt: string, outcome: string) {
  if (change?.outcome !== "underWay") return change;
  if (outcome === "ok") return { ...change, endedAt, outcome: "done" as const };
  const { code, reason } = failureIn(outcome);
  return { ...change, endedAt, outcome: code, reason };
}

export function failureIn(outcome: string): { code: Failure; reason: string } {
  const [, code = "", reason = ""] = /^(\w+): ([\s\S]*)$/.exec(outcome) ?? [];
  const known = (["locked", "preflight", "deadline", "failed", "cutOff"] as const).find((state) => state === code);
  return known === undefined ? { code: "failed", reason: outcome } : { code: known, reason };
}
