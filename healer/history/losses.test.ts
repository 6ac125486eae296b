import assert from "node:assert/strict";
import { test } from "node:test";
import { noHistory, withLine } from "./history.ts";
import { lossesOf, maxLosses } from "./losses.ts";

const sentence = "neither its healer nor any of its workers was heard for 60 s";

/** One second apart. */
function fold(...entries: readonly object[]) {
  const lines = entries.map((entry, index) => ({ seq: index + 1, at: at(index), ...entry }));
  return lossesOf(lines.reduce(withLine, noHistory).losses);
}

function at(second: number): string {
  return new Date(second * 1000).toISOString();
}

function host(status: string, name = "mb"): object {
  return { kind: "host", host: name, status, sentence: status === "lost" ? sentence : "" };
}

/** A healer begins, and these machines stand in for others. */
function started(standIns: Readonly<Record<string, string>>, others: readonly string[] = ["mb"]): object {
  const slots = ["lb-1", "web-1", "web-2", ...Object.keys(standIns)];
  return { kind: "started", host: "bk", release: "abc", slots, standIns, others };
}

const both = { "web-3": "mb", "web-4": "mb" };
const made = [started({}), host("lost"), started(both)];

test("a loss is remembered from the first word of it until all that stood in was given back", () => {
  const back = [host("returned"), started({ "web-3": "mb" }), started({}), host("heard")];
  assert.deepEqual(fold(...made, ...back), [
    {
      id: 2,
      host: "mb",
      sentence,
      begunAt: at(1),
      standIns: ["web-3", "web-4"],
      madeAt: at(2),
      returnedAt: at(3),
      endedAt: at(6),
      tookMs: 5_000,
      status: "heard",
    },
  ]);
});

test("until then it is open, and says what it is believed to be", () => {
  const states = [[host("returned")], [host("silent")], [host("returned"), host("silent"), host("lost")]];
  const now = states.map((entries) => fold(...made, ...entries).map(({ status, endedAt }) => [status, endedAt]));
  assert.deepEqual(now, [[["returned", undefined]], [["silent", undefined]], [["lost", undefined]]]);
  const [again] = fold(...made, host("returned"), host("silent"), host("lost"));
  assert.equal(again?.returnedAt, undefined, "what it came back to is over");
});

test("a loss is over when the host is taken out of the site, and nothing stands in for it any more", () => {
  const ends = [started(both, ["cc"]), started({}, ["cc", "mb"]), started({}, ["cc"])].map((next) => {
    return fold(...made, next)[0]?.endedAt;
  });
  assert.deepEqual(ends, [undefined, undefined, at(3)]);
});

test("of one that nothing stood in for it is said why not, as a person was told", () => {
  const lack = "for 2 more of a lost host's workers there is no room here: the host has 1 MiB left";
  const page = { kind: "page", topic: "standInRoom", sentence: lack };
  const [loss] = fold(started({}), host("lost"), page, host("heard"));
  assert.deepEqual([loss?.standIns, loss?.lack, loss?.endedAt], [[], lack, at(3)]);
});

test("one that is heard again while its workers are being made here is not over before they are given back", () => {
  const heard = [started({}), host("lost"), host("heard"), started(both)];
  assert.deepEqual(
    fold(...heard).map(({ standIns, endedAt }) => [standIns.length, endedAt]),
    [[2, undefined]],
  );
  assert.equal(fold(...heard, host("returned"), started({}), host("heard"))[0]?.endedAt, at(6));
});

test("each host has its own, and what a healer of an earlier release wrote says nothing of what stands in", () => {
  const two = fold(started({}), host("lost"), host("lost", "cc"), started({ "web-3": "cc" }), host("heard"));
  assert.deepEqual(
    two.map(({ host: name, standIns, endedAt }) => [name, standIns, endedAt]),
    [
      ["cc", ["web-3"], undefined],
      ["mb", [], at(4)],
    ],
  );
  const earlier = { kind: "started", host: "bk", release: "abc", slots: ["web-1"] };
  assert.deepEqual(fold(...made, earlier)[0]?.standIns, ["web-3", "web-4"]);
  assert.deepEqual(fold(host("heard"), host("silent"), host("planned")), []);
});

test("a host that comes and goes for ever leaves so many", () => {
  const flaps = Array.from({ length: maxLosses + 10 }, () => [host("lost"), host("heard")]).flat();
  assert.equal(fold(...flaps).length, maxLosses);
});
