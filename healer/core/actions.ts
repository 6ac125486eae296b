import type { CauseName } from "./causes.ts";
import type { HostStatus } from "./hostStatuses.ts";
import type { Evacuated } from "./standIns.ts";

/** What the core wants done. The rim does it, in this order, and answers with events. */
export type Action =
  /** Must be durable before any later action of the same step begins: budgets and breaker live on in it. */
  | { readonly kind: "journal"; readonly entry: JournalEntry }
  /** Answered by one `repaired` for the slot, with this generation, within the repair's deadline. */
  | { readonly kind: "operate"; readonly slot: string; readonly operation: Operation; readonly generation: number }
  /** One update of the stack for all these slots. Answered by one `repaired` for each. */
  | { readonly kind: "replace"; readonly slots: readonly string[]; readonly generation: number }
  /**
   * Take a worker out of rotation and wait for the requests under way, or put it back. Answered by `rotated` with this
   * generation, which is the slot's own, within `drainMs` and a moment.
   */
  | { readonly kind: "rotate"; readonly slot: string; readonly to: "out" | "in"; readonly generation: number }
  /** One update of the stack that makes the workers missing and removes those too many. Answered by one `scaled`. */
  | {
      readonly kind: "scale";
      /** In all. */
      readonly workers: number;
      /** Those of them that stand in for others. */
      readonly evacuated: Evacuated;
      readonly generation: number;
    }
  /** Look how many of so many workers in all the host can hold. Answered by one `room`. */
  | { readonly kind: "askRoom"; readonly workers: number }
  /** One update of the stack that has this balancer yield the address. Answered by one `vipMoved`. */
  | { readonly kind: "moveVip"; readonly slot: string; readonly generation: number }
  /** Ask this machine now, by ping and by a connect: answered by `ping` and `connect`. */
  | { readonly kind: "probe"; readonly slot: string }
  /** Answered by `driftChecked`. */
  | { readonly kind: "checkDrift"; readonly generation: number }
  /** Tell a person; once per topic until `cleared`. */
  | { readonly kind: "page"; readonly topic: string; readonly sentence: string }
  | { readonly kind: "clearPage"; readonly topic: string; readonly sentence: string };

/** What changes no declared input: it goes to libvirt or into the guest, and no update of the stack is needed. */
export type Operation =
  | "start"
  | "resume"
  | "reset"
  | "powerCycle"
  | "restartService"
  | "restartKeepalived"
  | "restartAgent"
  | "reattach";

export type Repair = Operation | "replace";

export type JournalEntry =
  | { readonly kind: "repairBegun"; readonly generation: number; readonly slots: readonly SlotRepair[] }
  | { readonly kind: "repairEnded"; readonly generation: number; readonly slot: string; readonly outcome: string }
  /** What came of a repair that was done: it has lasted, or it did not help, or not for long. */
  | {
      readonly kind: "repairJudged";
      readonly generation: number;
      readonly slot: string;
      readonly helped: boolean;
      readonly sentence: string;
    }
  | {
      readonly kind: "status";
      readonly slot: string;
      readonly status: string;
      readonly cause?: string;
      readonly sentence: string;
    }
  | {
      readonly kind: "drift";
      readonly generation: number;
      readonly clean: boolean | undefined;
      readonly sentence: string;
    }
  | { readonly kind: "cause"; readonly slot: string; readonly cause: string; readonly sentence: string }
  | { readonly kind: "notListening"; readonly lagMs: number; readonly sentence: string }
  | { readonly kind: "breaker"; readonly openForMs: number; readonly sentence: string }
  /** `slot`: of this machine alone; without it, of all. */
  | { readonly kind: "paused"; readonly slot?: string | undefined; readonly forMs: number; readonly by: string }
  | { readonly kind: "resumed"; readonly slot?: string | undefined; readonly by: string }
  | {
      readonly kind: "scaleBegun";
      readonly workers: number;
      readonly by: string;
      /** The workers that are removed. */
      readonly leaving: readonly string[];
      /** Those that stand in for others; absent in a journal of an earlier release. */
      readonly evacuated?: Evacuated;
    }
  | { readonly kind: "scaleEnded"; readonly workers: number; readonly outcome: string }
  /** What has become of trying to bring one that was cut short to an end. */
  | { readonly kind: "scaleSettled"; readonly workers: number; readonly outcome: string }
  /** What another host is believed to be now. */
  | {
      readonly kind: "host";
      readonly host: string;
      readonly status: HostStatus;
      readonly sentence: string;
      /** How much longer its absence counts as planned; absent if a person decides. */
      readonly expectedForMs?: number;
    }
  /** How many workers of its own another host says to have. */
  | { readonly kind: "hostTold"; readonly host: string; readonly workers: number }
  | { readonly kind: "vipMoveBegun"; readonly slot: string; readonly by: string }
  | { readonly kind: "vipMoveEnded"; readonly slot: string; readonly outcome: string }
  /** `ofHost`: because all of its host is taken out of service. */
  | { readonly kind: "drained"; readonly slot: string; readonly by: string; readonly ofHost?: true }
  | { readonly kind: "undrained"; readonly slot: string; readonly by: string }
  /** This host is to be switched off on purpose. */
  | { readonly kind: "hostDrained"; readonly by: string; readonly reason: string }
  | { readonly kind: "hostReady"; readonly sentence: string }
  | { readonly kind: "hostReturning"; readonly by: string }
  /** `ok`: it has returned. Otherwise why it was not taken out of service. */
  | { readonly kind: "hostDrainEnded"; readonly outcome: string }
  /** What has become of a worker's place in the rotation. */
  | { readonly kind: "rotation"; readonly slot: string; readonly sentence: string }
  | { readonly kind: "page"; readonly topic: string; readonly sentence: string };

export interface SlotRepair {
  readonly slot: string;
  readonly repair: Repair;
  readonly cause: CauseName;
  readonly sentence: string;
}
