import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "./frames.ts";
import { moveOf, ownershipOf, takeoverOf } from "./ownership.ts";

const router = { vip: "192.168.10.120", vrid: 51, silenceMs: 300 };
const bk = "52:54:00:a8:0a:10";
const mb = "52:54:00:a8:0a:1a";

function adverts(mac: string, fromMs: number, toMs: number, vrid = router.vrid): Frame[] {
  const times = Array.from({ length: (toMs - fromMs) / 100 + 1 }, (_, index) => fromMs + index * 100);
  return times.map((timeMs) => ({ type: "advert", timeMs, mac, vrid, priority: 200 }));
}

function ordered(...parts: Frame[][]): Frame[] {
  return parts.flat().sort((one, other) => one.timeMs - other.timeMs);
}

test("a killed holder leaves the address alone until the first advert of the other", () => {
  const { tenures, noHolderMs, twoHoldersMs } = ownershipOf(
    ordered(adverts(bk, 0, 1000), adverts(mb, 1320, 2320)),
    router,
  );
  assert.deepEqual(tenures, [
    { mac: bk, fromMs: 0, toMs: 1000 },
    { mac: mb, fromMs: 1320, toMs: 2320 },
  ]);
  assert.deepEqual([noHolderMs, twoHoldersMs], [320, 0]);
});

test("priority 0 ends a tenure at once", () => {
  const resignation: Frame = { type: "advert", timeMs: 1040, mac: bk, vrid: 51, priority: 0 };
  const { noHolderMs } = ownershipOf(ordered(adverts(bk, 0, 1000), [resignation], adverts(mb, 1066, 2066)), router);
  assert.equal(noHolderMs, 26);
});

test("two balancers that advertise at once are two holders", () => {
  const { noHolderMs, twoHoldersMs } = ownershipOf(ordered(adverts(bk, 0, 1000), adverts(mb, 900, 2000)), router);
  assert.deepEqual([noHolderMs, twoHoldersMs], [0, 100]);
});

test("a holder that falls silent and goes on was no holder meanwhile", () => {
  const { noHolderMs } = ownershipOf(ordered(adverts(bk, 0, 500), adverts(bk, 1000, 1500)), router);
  assert.equal(noHolderMs, 500);
});

test("a resignation of a balancer that never held is no tenure", () => {
  const resignation: Frame = { type: "advert", timeMs: 50, mac: mb, vrid: 51, priority: 0 };
  assert.equal(ownershipOf(ordered(adverts(bk, 0, 1000), [resignation]), router).tenures.length, 1);
});

test("another virtual router on the wire is not ours", () => {
  assert.equal(ownershipOf(adverts(bk, 0, 1000, 61), router).tenures.length, 0);
});

test("a takeover is timed from the fault to the claim of another machine", () => {
  const frames: Frame[] = [
    { type: "answer", timeMs: 95, address: router.vip, mac: bk },
    { type: "claim", timeMs: 110, address: router.vip, mac: bk },
    { type: "claim", timeMs: 200, address: "192.168.10.121", mac: mb },
    { type: "claim", timeMs: 430, address: router.vip, mac: mb },
    { type: "answer", timeMs: 445, address: router.vip, mac: mb },
    { type: "answer", timeMs: 465, address: router.vip, mac: mb },
  ];
  assert.deepEqual(takeoverOf(frames, router, 100), { claimMs: 330, answerGapMs: 350 });
});

test("without a takeover there is nothing to time", () => {
  assert.deepEqual(takeoverOf([], router, 100), {});
});

test("a move is from the last word of the old holder to the claim of the new one", () => {
  const resignation: Frame = { type: "advert", timeMs: 1_040, mac: bk, vrid: 51, priority: 0 };
  const frames = ordered(adverts(bk, 0, 1_000), [resignation], adverts(mb, 1_050, 5_050), [
    { type: "answer", timeMs: 790, address: router.vip, mac: bk },
    { type: "claim", timeMs: 1_055, address: router.vip, mac: mb },
    { type: "claim", timeMs: 1_056, address: router.vip, mac: mb },
  ]);
  assert.deepEqual(moveOf(frames, router, 800), { leftMs: 1_040, takenMs: 1_055 });
});

test("of a move that never came there is nothing", () => {
  const answer: Frame = { type: "answer", timeMs: 790, address: router.vip, mac: bk };
  assert.equal(moveOf(ordered(adverts(bk, 0, 2_000), [answer]), router, 800), undefined);
});
