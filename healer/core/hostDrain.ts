/**
 * That this host is to be switched off or rebooted on purpose. From the wish until the return nothing is repaired here, and
 * the other hosts are told. It has no end of its own, and is read back from the journal after a restart or a reboot.
 */
import type { Past, State } from "./state.ts";

export interface HostDrain {
  readonly by: string;
  /** What for. */
  readonly reason: string;
  readonly atMs: number;
  /**
   * `moving`: the service's address leaves, which shows that another balancer can have it. `draining`: the workers leave the
   * rotation. `ready`: the host may be switched off. `returning`: its workers are put back once they are green.
   */
  readonly phase: "moving" | "draining" | "ready" | "returning";
  /** Since when, or since this healer began. */
  readonly phaseMs: number;
}

/** Why nothing is begun on this host, in one sentence; undefined if it may. One that returns is mended first. */
export function hostDrainObstacle({ hostDrain }: Pick<State, "hostDrain">): string | undefined {
  if (hostDrain === undefined || hostDrain.phase === "returning") return undefined;
  return `this host is drained by ${hostDrain.by}: ${hostDrain.reason}`;
}

/** What an earlier healer has begun is begun anew, which changes nothing about what is done already. */
export function hostDrainAfter({ hostDrain }: Past, nowMs: number): HostDrain | undefined {
  if (hostDrain === undefined) return undefined;
  const { by, reason, phase, agoMs } = hostDrain;
  return { by, reason, phase, atMs: nowMs - agoMs, phaseMs: nowMs };
}
