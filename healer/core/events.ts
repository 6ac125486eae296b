import type { Beat, ConnectOutcome, DomainFact, Timed } from "./facts.ts";
import type { PeerState } from "./peer.ts";

/** Everything that the core ever learns. An event is an observation, a result of its own action, or a person's wish. */
export type Event =
  /** Comes ten times a second, whatever else happens; `lagMs` is by how much this one is late. */
  | { readonly kind: "tick"; readonly lagMs: number }
  /** The last beat of each machine that was heard since the event before, with when that was. */
  | { readonly kind: "beats"; readonly beats: Readonly<Record<string, Timed<Beat>>> }
  /** Somebody sends on the slot's stream what is no heartbeat of that slot. */
  | { readonly kind: "misheard"; readonly slot: string; readonly reason: string }
  | { readonly kind: "connect"; readonly slot: string; readonly outcome: ConnectOutcome }
  | { readonly kind: "ping"; readonly slot: string; readonly answered: boolean }
  /** One domain, as libvirt announced it. It may be late, and it may be the only word. */
  | { readonly kind: "domain"; readonly slot: string; readonly domain: DomainFact }
  /** A machine was reset, by its own kernel or from outside. It may be the only word, and it may never come. */
  | { readonly kind: "rebooted"; readonly slot: string }
  /** All planned domains, as libvirt answered a question; and what the host's file system and bridge say of each. */
  | { readonly kind: "domains"; readonly domains: Readonly<Record<string, PolledDomain>> }
  /** libvirt did not answer that question. */
  | { readonly kind: "hypervisorSilent"; readonly reason: string }
  | { readonly kind: "space"; readonly poolFreeBytes: number; readonly stateFreeBytes: number }
  | { readonly kind: "vipHolders"; readonly macs: readonly string[] }
  /** Nobody asks the network who has the service's address, and why; said again and again until it is asked. */
  | { readonly kind: "vipUnasked"; readonly reason: string }
  /** All other hosts' healers, as they are heard; comes once a second. */
  | { readonly kind: "peers"; readonly peers: readonly PeerState[] }
  /** Whether the site's witness has answered a ping. */
  | { readonly kind: "witness"; readonly answered: boolean }
  /** Of so many workers in all so many fit on this host; if not all of them, `lack` says in one sentence what for. */
  | { readonly kind: "room"; readonly workers: number; readonly fits: number; readonly lack: string | undefined }
  | { readonly kind: "repaired"; readonly generation: number; readonly slot: string; readonly outcome: RepairOutcome }
  | { readonly kind: "driftChecked"; readonly generation: number; readonly drift: DriftResult }
  /** `slot`: of this machine alone; without it, of all. */
  | { readonly kind: "pause"; readonly slot?: string | undefined; readonly forMs: number; readonly by: string }
  | { readonly kind: "resume"; readonly slot?: string | undefined; readonly by: string }
  /** Make this machine anew, though it may be well. */
  | { readonly kind: "replace"; readonly slot: string; readonly by: string }
  /** Take this worker out of rotation. `force`: even if none is left on this host that serves. */
  | { readonly kind: "drain"; readonly slot: string; readonly by: string; readonly force: boolean }
  | { readonly kind: "undrain"; readonly slot: string; readonly by: string }
  /** Take this host out of service, so that it may be switched off. `reason`: what for. */
  | { readonly kind: "hostDrain"; readonly by: string; readonly reason: string }
  | { readonly kind: "hostReturn"; readonly by: string }
  /** Have so many workers of its own on this host. */
  | { readonly kind: "scale"; readonly workers: number; readonly by: string }
  | { readonly kind: "scaled"; readonly generation: number; readonly outcome: RepairOutcome }
  /** Have another host's balancer take the service's address from the one here. */
  | { readonly kind: "moveVip"; readonly by: string }
  /** The update that asks for it has ended; who has the address then, the heartbeats say. */
  | { readonly kind: "vipMoved"; readonly generation: number; readonly outcome: RepairOutcome }
  | { readonly kind: "rotated"; readonly slot: string; readonly generation: number; readonly outcome: RotateOutcome };

/** What the healer hears: beats one by one, of which the core is told together. */
export type News =
  | Exclude<Event, { readonly kind: "beats" }>
  | { readonly kind: "beat"; readonly slot: string; readonly beat: Beat };

/** `ok`, out of rotation: no request is under way there any more. */
export type RotateOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface PolledDomain extends DomainFact {
  readonly diskThere: boolean;
  /** Undefined while the domain has no tap. */
  readonly attached?: boolean;
  /** The share of the time since the last one, from 0 to 1, in which its processors were ready and had none of the host's. */
  readonly waitedShare?: number;
}

export type RepairOutcome =
  | { readonly ok: true; readonly tookMs: number }
  | { readonly ok: false; readonly code: RepairFailure; readonly reason: string };

/**
 * Why a repair came to nothing. `locked`: another update holds the stack; `preflight`: something that it needs is not
 * there, so nothing was deleted; these two cost no budget. `deadline`: it was ended. `failed`: it ran and did not work.
 */
export type RepairFailure = "locked" | "preflight" | "deadline" | "failed";

export type DriftResult =
  | { readonly clean: true }
  | { readonly clean: false; readonly found: string }
  | { readonly clean: undefined; readonly reason: string };
