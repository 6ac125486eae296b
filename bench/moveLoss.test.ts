import assert from "node:assert/strict";
import { test } from "node:test";
import { type MoveLoss, moveLossOf } from "./moveLoss.ts";
import type { Move } from "./ownership.ts";
import type { RequestRecord } from "./requestRecord.ts";

const there: Move = { leftMs: 1_000, takenMs: 1_010 };
const back: Move = { leftMs: 9_000, takenMs: 9_010 };

const answered = { status: 200 } as const;
const reset = { error: "ECONNRESET" } as const;
const late = { error: "DEADLINE" } as const;

interface Row {
  readonly what: string;
  readonly connectedMs?: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly end: Pick<RequestRecord, "status" | "error">;
  readonly counted: readonly (keyof MoveLoss)[];
}

const rows: readonly Row[] = [
  {
    what: "one that was over before the move is none of it",
    connectedMs: 10,
    startMs: 500,
    endMs: 900,
    end: answered,
    counted: [],
  },
  {
    what: "one under way on a kept connection that hears nothing more until its deadline",
    connectedMs: 10,
    startMs: 900,
    endMs: 5_900,
    end: late,
    counted: ["inFlight", "cutInFlight"],
  },
  {
    what: "one under way on the connection that was opened for it",
    connectedMs: 905,
    startMs: 900,
    endMs: 5_900,
    end: late,
    counted: ["inFlight", "cutInFlight"],
  },
  {
    what: "one that is reset before anybody has claimed the address was under way, though not when it was taken",
    connectedMs: 10,
    startMs: 900,
    endMs: 1_005,
    end: reset,
    counted: ["cutInFlight"],
  },
  {
    what: "one that began while nobody had the address, on a connection to the old holder",
    connectedMs: 10,
    startMs: 1_005,
    endMs: 1_020,
    end: reset,
    counted: ["inFlight", "cutInFlight"],
  },
  {
    what: "one that was answered all the same",
    connectedMs: 10,
    startMs: 900,
    endMs: 1_200,
    end: answered,
    counted: ["inFlight"],
  },
  {
    what: "one whose own connection the old holder took, and of which the client heard only when the new one had it",
    connectedMs: 1_030,
    startMs: 1_000,
    endMs: 1_040,
    end: reset,
    counted: ["inFlight", "cutInFlight"],
  },
  {
    what: "one whose connect was repeated after a second, and reached the new holder",
    connectedMs: 2_020,
    startMs: 1_000,
    endMs: 2_030,
    end: reset,
    counted: ["newFailed"],
  },
  {
    what: "one that is sent later on a connection to the old holder",
    connectedMs: 10,
    startMs: 2_000,
    endMs: 2_001,
    end: reset,
    counted: ["cutLater"],
  },
  {
    what: "one over a connection that was opened after the move",
    connectedMs: 1_011,
    startMs: 1_005,
    endMs: 1_300,
    end: answered,
    counted: [],
  },
  {
    what: "one that is reset on a connection that was opened after the move, for it",
    connectedMs: 1_015,
    startMs: 1_012,
    endMs: 1_020,
    end: reset,
    counted: ["newFailed"],
  },
  { what: "one that got no connection during the move", startMs: 990, endMs: 5_990, end: late, counted: ["newFailed"] },
  {
    what: "one that is reset on a kept connection that was opened after the move",
    connectedMs: 2_000,
    startMs: 3_000,
    endMs: 3_001,
    end: reset,
    counted: ["keptFailed"],
  },
  {
    what: "one that was reset on a kept connection before the old holder left",
    connectedMs: 10,
    startMs: 900,
    endMs: 990,
    end: reset,
    counted: ["keptFailed"],
  },
  {
    what: "one that a balancer answered with an error, on a kept connection and across the move",
    connectedMs: 10,
    startMs: 900,
    endMs: 1_020,
    end: { status: 502 },
    counted: ["inFlight", "keptFailed"],
  },
  {
    what: "one that a balancer answered with an error, on a new connection",
    connectedMs: 3_002,
    startMs: 3_000,
    endMs: 3_010,
    end: { status: 503 },
    counted: ["newFailed"],
  },
  {
    what: "one under way at the second move, on a connection from between the two",
    connectedMs: 2_000,
    startMs: 8_900,
    endMs: 13_900,
    end: late,
    counted: ["inFlight", "cutInFlight"],
  },
  {
    what: "one under way at the second move, on a connection from before the first that nobody used between them",
    connectedMs: 10,
    startMs: 8_900,
    endMs: 13_900,
    end: late,
    counted: ["inFlight", "cutInFlight"],
  },
];

for (const { what, end, counted, ...times } of rows) {
  test(what, () => {
    const record: RequestRecord = { kind: "post", intendedMs: times.startMs, ownMs: 0, ...times, ...end };
    const loss = moveLossOf([record], [there, back]);
    const found = Object.entries(loss).flatMap(([kind, records]) => (records.length > 0 ? [kind] : []));
    assert.deepEqual(found.sort(), [...counted].sort());
  });
}
