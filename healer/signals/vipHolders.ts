import { LineChild } from "./lineChild.ts";
import type { Emit, Log, Signal } from "./signal.ts";
import { answerIn, VipAnswers } from "./vipAnswers.ts";

export interface VipHoldersSettings {
  readonly bridge: string;
  readonly vip: string;
  readonly intervalMs?: number;
  readonly log: Log;
  /** Another program that says what arping does, for tests. */
  readonly argv?: readonly [string, ...string[]];
}

/** arping asks once a second: an answered question speaks until the next one should have been answered, and a bit longer. */
const answerMs = 1_250;

/** So long others may take to answer after the first. */
const settleMs = 200;

/** arping that has not run for so long does not ask; one that ended is started again within less. */
const unaskedMs = 3_000;

/**
 * Asks the network who has the service's address, and says twice a second who answered the last question; or that nobody
 * asks, and why. One arping runs all the time and always broadcasts: without `-b` it would go on to ask only whoever
 * answered first, and with `-c 1` it ends at the first answer, so that a second holder would never be seen. Nothing is
 * said while nobody can have answered.
 */
export function watchVipHolders(settings: VipHoldersSettings, emit: Emit): Signal {
  const { bridge, vip, intervalMs = 500, log, argv = ["arping", "-b", "-I", bridge, vip] } = settings;
  const answers = new VipAnswers();
  let dueMs = performance.now() + intervalMs;
  let listeningSinceMs = performance.now();
  let askedMs = performance.now();
  const isLate = (nowMs: number) => nowMs - dueMs > intervalMs / 2;
  const child = new LineChild({
    argv,
    log,
    // Its own first line says nothing: it stays in arping's buffer until somebody answers.
    onStart: () => {
      listeningSinceMs = Math.max(listeningSinceMs, performance.now());
    },
    onLine: (line) => {
      const nowMs = performance.now();
      // After a pause of this process answers wait unread in the pipe, and nobody knows to which questions.
      if (isLate(nowMs) || nowMs < listeningSinceMs) return;
      const answer = answerIn(line);
      if (answer !== undefined) answers.hear(answer, nowMs);
    },
  });

  function look(): void {
    const nowMs = performance.now();
    if (isLate(nowMs)) {
      listeningSinceMs = nowMs + settleMs;
      askedMs = nowMs;
    }
    dueMs = nowMs + intervalMs;
    if (!child.isRunning || nowMs - listeningSinceMs < answerMs) {
      if (nowMs - askedMs < unaskedMs) return;
      emit({ kind: "vipUnasked", reason: `arping does not run: ${child.problem ?? "it has not begun yet"}` });
      return;
    }
    askedMs = nowMs;
    const agoMs = nowMs - answers.askedMs;
    if (agoMs < settleMs) return;
    emit({ kind: "vipHolders", macs: agoMs > answerMs ? [] : answers.macs });
  }

  const timer = setInterval(look, intervalMs);
  return {
    async close() {
      clearInterval(timer);
      await child.close();
    },
  };
}
