import type { StackOutputs } from "../../stacks/outputs.ts";
import type { Limits } from "../core/limits.ts";
import type { State } from "../core/state.ts";
import type { Healer } from "../healer.ts";
import type { History } from "../history/history.ts";
import type { Scaler } from "../repairs/scaler.ts";
import type { KnownPeer } from "./knownPeers.ts";

/** What is healed now, and by whom: another one with each deployment. */
export interface Subject {
  /** Of the stack's outputs what may be told: one of the others is secret. */
  readonly outputs: Pick<StackOutputs, "slots" | "vip" | "applied">;
  readonly limits: Limits;
  readonly healer: Pick<Healer, "state" | "hear" | "settled">;
  readonly scaler: Pick<Scaler, "lack">;
}

/** All that an answer is made from. */
export interface Known {
  readonly host: string;
  readonly outputs: Subject["outputs"];
  readonly limits: Limits;
  readonly state: State;
  readonly history: History;
  /** The other hosts' healers. */
  readonly peers: readonly KnownPeer[];
}
