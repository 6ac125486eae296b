import { HeartbeatLink, type HeartbeatTarget, type HeartbeatTimes } from "./heartbeatLink.ts";
import type { Emit, Log, Signal } from "./signal.ts";

export interface HeartbeatsSettings {
  readonly targets: readonly HeartbeatTarget[];
  readonly times?: Partial<HeartbeatTimes>;
  readonly log: Log;
}

/** A guest's kernel accepts within milliseconds, and its agent beats five times a second. */
const defaultTimes: HeartbeatTimes = {
  connectTimeoutMs: 500,
  idleTimeoutMs: 1_000,
  firstRetryMs: 100,
  maxRetryMs: 1_000,
};

/** Listens to the heartbeats of all machines of the host. */
export function listenToHeartbeats({ targets, times, log }: HeartbeatsSettings, emit: Emit): Signal {
  const links = targets.map((target) => new HeartbeatLink(target, { ...defaultTimes, ...times }, log, emit));
  return {
    async close() {
      await Promise.all(links.map((link) => link.close()));
    },
  };
}
