import { LineChild } from "./lineChild.ts";
import type { Emit, Log, Signal } from "./signal.ts";

export interface VipHoldersSettings {
  readonly bridge: string;
  readonly vip: string;
  readonly intervalMs?: number;
  readonly log: Log;
}

/** arping asks once a second; an answer speaks until the next one should have come, and a bit longer. */
const answerMs = 1_250;

const answer = /^(?:Unicast|Broadcast) reply from \S+ \[([0-9A-Fa-f:]{17})\]/;

/** The hardware address that a line of arping's names, in small letters; undefined for its other lines. */
export function holderIn(line: string): string | undefined {
  return answer.exec(line)?.[1]?.toLowerCase();
}

/**
 * Asks the network who has the service's address, and says twice a second who answered of late. One arping runs all the
 * time and always broadcasts: without `-b` it would go on to ask only whoever answered first, and with `-c 1` it ends at
 * the first answer, so that a second holder would never be seen. Nothing is said while nobody can have answered.
 */
export function watchVipHolders({ bridge, vip, intervalMs = 500, log }: VipHoldersSettings, emit: Emit): Signal {
  const heardMs = new Map<string, number>();
  let askingSinceMs = Number.POSITIVE_INFINITY;
  const child = new LineChild({
    argv: ["arping", "-b", "-I", bridge, vip],
    log,
    onLine: (line) => {
      // Its first line comes when it begins to ask.
      if (line.startsWith("ARPING ")) askingSinceMs = performance.now();
      const mac = holderIn(line);
      if (mac !== undefined) heardMs.set(mac, performance.now());
    },
  });

  let dueMs = performance.now() + intervalMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const isLate = nowMs - dueMs > intervalMs / 2;
    dueMs = nowMs + intervalMs;
    if (!child.isRunning) askingSinceMs = Number.POSITIVE_INFINITY;
    // After a pause of this process answers wait unread in the pipe: they come before the next look.
    if (isLate || nowMs - askingSinceMs < answerMs) return;
    for (const [mac, atMs] of heardMs) if (nowMs - atMs > answerMs) heardMs.delete(mac);
    emit({ kind: "vipHolders", macs: [...heardMs.keys()].sort() });
  }, intervalMs);

  return {
    async close() {
      clearInterval(timer);
      await child.close();
    },
  };
}
