import assert from "node:assert/strict";
import { test } from "node:test";
import { lossOf, outageMs, quietP95Ms, restoredMs, splitByFault } from "./outage.ts";
import type { RequestRecord } from "./requestRecord.ts";

function request(startMs: number, endMs: number, more: Partial<RequestRecord> = { status: 200 }): RequestRecord {
  return { kind: "number", intendedMs: startMs, startMs, endMs, ownMs: 0, ...more };
}

test("the outage is the longest gap between successes from the fault on", () => {
  const records = [
    request(0, 10),
    request(300, 310), // A hole of 300 ms long before the fault is not the fault's.
    request(380, 390),
    request(400, 405, { status: 503 }),
    request(420, 421, { error: "ECONNREFUSED" }),
    request(480, 640),
    request(640, 650),
  ];
  assert.equal(outageMs(records, 400), 250);
});

test("a fault that nobody noticed shows the interval between requests", () => {
  assert.equal(outageMs([request(0, 10), request(20, 30), request(40, 50)], 35), 20);
});

test("an answer that was already under way is no return of the service", () => {
  const records = [request(0, 10), request(14, 18), request(16, 5016, { error: "DEADLINE" })];
  assert.equal(outageMs(records, 15), Number.POSITIVE_INFINITY);
});

test("a service that is gone again at the end has not come back", () => {
  const records = [request(0, 10), request(30, 40), request(50, 51, { error: "ECONNREFUSED" })];
  assert.equal(outageMs(records, 15), Number.POSITIVE_INFINITY);
});

test("a straggler that fails late does not prolong the outage", () => {
  const records = [request(0, 10), request(14, 5014, { error: "DEADLINE" }), request(30, 40), request(50, 60)];
  assert.equal(outageMs(records, 15), 30);
});

test("the loss counts failures by cause and lateness beyond a request's own time", () => {
  const loss = lossOf([
    request(0, 400, { status: 200, ownMs: 395 }),
    request(0, 1500, { status: 200, ownMs: 400 }),
    request(0, 1300, { status: 200, ownMs: 400 }),
    request(0, 5000, { error: "DEADLINE" }),
    request(0, 5, { status: 502 }),
    request(0, 6, { status: 502 }),
  ]);
  assert.deepEqual(loss, {
    sent: 6,
    failed: 3,
    slow: 1,
    worstOverrunMs: 1100,
    errors: { DEADLINE: 1, "status 502": 2 },
  });
});

test("a late start counts against the answer, not in its favour", () => {
  assert.equal(lossOf([{ ...request(1200, 1210), intendedMs: 0 }]).slow, 1);
});

test("requests are split by what the victim can have seen of them", () => {
  const { before, inFlight, after } = splitByFault([request(0, 10), request(5, 15), request(12, 20)], 11);
  assert.deepEqual([before.length, inFlight.length, after.length], [1, 1, 1]);
});

test("a service is whole again once no further request fails or is late", () => {
  const records = [
    request(0, 10),
    request(60, 70, { status: 502 }),
    request(120, 130),
    request(140, 150, { status: 502 }),
    request(160, 175),
  ];
  assert.equal(restoredMs(records, 100), 75);
  assert.equal(restoredMs(records.slice(0, 3), 100), 30);
  assert.equal(restoredMs(records.slice(0, 4), 100), Number.POSITIVE_INFINITY);
  assert.equal(restoredMs([request(110, 1400), request(200, 210)], 100), 110);
});

test("whether the service kept up is a question about the two seconds before the fault", () => {
  const slowAtFirst = [request(0, 2_000), request(3_000, 3_020), request(4_500, 4_530), request(5_100, 9_000)];
  assert.equal(quietP95Ms(slowAtFirst, 5_000), 29.5);
  assert.equal(quietP95Ms([], 5_000), Number.POSITIVE_INFINITY);
});
