import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { followVipMove } from "./followVipMove.ts";

const times = { pollMs: 1, longestMs: 1_000 };
const move = { id: 7, by: "anna", begunAt: "2026-11-21T14:02:11.000Z", outcome: "underWay" };

/** Says this of the move, one after the other, and the last one for ever. */
function healerWith(...moves: readonly object[]) {
  let asked = 0;
  return {
    async ask<Schema extends z.ZodType>(): Promise<z.infer<Schema>> {
      return { vipMove: moves[Math.min(asked++, moves.length - 1)] } as z.infer<Schema>;
    },
  };
}

test("a move is followed until the address has left", async () => {
  await followVipMove(healerWith(move, move, { ...move, outcome: "done" }), 7, times);
});

test("one that comes to nothing says why, and whether the address is where it was", async () => {
  for (const [outcome, code] of [
    ["preflight", "ERR_NOT_NOW"],
    ["failed", "ERR_REFUSED"],
  ] as const) {
    const ended = healerWith({ ...move, outcome, reason: "lb-1 still holds it" });
    await assert.rejects(followVipMove(ended, 7, times), { code, message: "not moved: lb-1 still holds it" });
  }
  await assert.rejects(followVipMove(healerWith(move), 6, times), /another move of the address has come/);
  await assert.rejects(followVipMove(healerWith(move), 7, { pollMs: 1, longestMs: 20 }), /the move has not ended/);
});
