/** What has been observed, and when. Facts are believed for as long as they are fresh, and never alone if two can be had. */
import type { VipTrouble } from "./addressHolders.ts";

export type Role = "worker" | "balancer";

/** One line of the stream that a machine's agent sends five times a second. */
export interface Beat {
  /** Drawn when the agent starts: a machine that came back is another incarnation. */
  readonly incarnation: string;
  readonly service: ServiceState;
  /** The sha256 over the sha256s of the managed files. */
  readonly files: string;
  /** Which managed file the agent does not understand, and what of it. */
  readonly fileRefusal?: string;
  /** What is left on the fullest of the file systems that the guest writes to. */
  readonly freeBytes: number;
  /** The share of its processors that was busy over the last second, from 0 to 1. */
  readonly busy: number;
  readonly vrrp?: VrrpName;
  readonly holdsVip?: boolean;
  /** A balancer's: it hears neither the witness nor any machine of another host, and stands back. */
  readonly isCutOff?: boolean;
  /** A balancer's: of each host of the site, how many workers answer its checks. */
  readonly workersUp?: Readonly<Record<string, number>>;
  /** A balancer's: how many requests it has refused since it booted, because every worker was full. */
  readonly refused?: number;
}

/**
 * The agent's word on the service beside it. `refused`: no process listens. `silent`: one does, and answers nothing.
 * `wrong`: it answers, but not as it should. `starting`: it was not seen up yet in this incarnation.
 */
export type ServiceState = "up" | "refused" | "silent" | "wrong" | "draining" | "starting";

export type VrrpName = "MASTER" | "BACKUP" | "FAULT" | "STOP" | "NONE";

/**
 * libvirt's word on a domain, and the host kernel's on its process. `stopped`: it was shut down or destroyed, or could not
 * start. `crashed`: its process died. `panicked`: its kernel said so. `frozen`: its process is stopped, though libvirt
 * thinks that it runs. `stalled`: libvirt paused it because its disk fails. `absent`: libvirt does not know it.
 */
export type DomainState = "running" | "paused" | "stalled" | "frozen" | "stopped" | "crashed" | "panicked" | "absent";

export interface DomainFact {
  readonly state: DomainState;
  /** In libvirt's words: `destroyed`, `shutdown`, `failed`, `user`, `I/O error`. */
  readonly reason: string;
  /** Changes with every start; undefined while it does not run. */
  readonly id?: number;
}

/** How an attempt to reach the heartbeat port ended. `unreachable`: the network said that nobody is there. */
export type ConnectOutcome = "open" | "refused" | "silent" | "unreachable";

export interface Timed<T> {
  readonly value: T;
  readonly atMs: number;
}

/** All that is known about one slot. */
export interface SlotFacts {
  readonly beat?: Timed<Beat>;
  /** Why the last thing heard was no heartbeat: another release of the agent, or another machine. */
  readonly misheard?: Timed<string>;
  readonly connect?: Timed<ConnectOutcome>;
  readonly ping?: Timed<boolean>;
  /** Pings in a row that got no answer: one may be lost on the way. */
  readonly lostPings?: number;
  /** When it was last asked by ping and connect. */
  readonly probedMs?: number;
  readonly domain?: Timed<DomainFact>;
  /** When its domain was first seen under its present id, or it rebooted, or its agent began to beat: its boot began then, or before. */
  readonly startedMs?: number;
  readonly startedId?: number;
  /** Whether that start was witnessed: of a machine that already ran when it was first seen, every beat is its own. */
  readonly startSeen?: boolean;
  /** Since when it has been seen running without a break: a machine that was paused could not beat. */
  readonly runningMs?: number;
  /** Since when it has been seen paused without a break. */
  readonly pausedMs?: number;
  /** When its processors last waited for the host's for most of the time, and for how much of it, from 0 to 1. */
  readonly starved?: Timed<number>;
  readonly diskThere?: Timed<boolean>;
  /** Whether its tap is a port of the host's bridge; only known while it runs. */
  readonly attached?: Timed<boolean>;
}

/** What is known about the host that the healer runs on. */
export interface HostFacts {
  /** Why libvirt does not answer; undefined while it does. */
  readonly hypervisorSilent?: Timed<string> | undefined;
  readonly poolFreeBytes?: Timed<number>;
  readonly stateFreeBytes?: Timed<number>;
  /** The instant until which the healer itself was not listening. */
  readonly deafUntilMs: number;
  /** When the witness was last asked by ping, and when it last answered. */
  readonly witnessAskedMs?: number;
  readonly witnessMs?: number;
  /** The hardware addresses that claim the service's address, as the network answered; undefined while nobody asks. */
  readonly vipHolders?: Timed<readonly string[]> | undefined;
  /** Why nobody asks, and since when; undefined while it is asked. */
  readonly vipUnasked?: Timed<string> | undefined;
  /** Since when that is not exactly one of the site's balancers, by what is wrong, as far as it can be seen from here. */
  readonly vipTroublesMs?: Readonly<Partial<Record<VipTrouble, number>>>;
}

/** Whether a fact may still be believed. */
export function isFresh(fact: Timed<unknown> | undefined, withinMs: number, nowMs: number): boolean {
  return fact !== undefined && nowMs - fact.atMs <= withinMs;
}
