import assert from "node:assert/strict";
import { test } from "node:test";
import { allAwayMs, neverRepairedMs, yearMs } from "./estimateYear.ts";

const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found / expected - 1) < 1e-3, `${found} is not ${expected}`);

test("one machine is away as long as it takes, each time it dies", () => {
  close(allAwayMs([{ machines: 1, deathsPerYear: 2, awayMs: 1_000 }]), 2_000);
});

test("two machines are away together for the square of one's share", () => {
  const group = { machines: 2, deathsPerYear: 1, awayMs: yearMs / 1_000 };
  close(allAwayMs([group]), yearMs / 1_001 ** 2);
  close(allAwayMs([group, group]), (2 * yearMs) / 1_001 ** 2);
});

test("what is never repaired is gone from its first death on", () => {
  // One machine, one death a year: what is left is 1 - e^-t, over the year 1/e.
  close(neverRepairedMs([{ machines: 1, deathsPerYear: 1 }]), yearMs / Math.E);
  // Both of two: 1 - 2 (1 - 1/e) + (1 - 1/e^2) / 2.
  close(
    neverRepairedMs([{ machines: 2, deathsPerYear: 1 }]),
    yearMs * (1 - 2 * (1 - 1 / Math.E) + (1 - Math.exp(-2)) / 2),
  );
});
