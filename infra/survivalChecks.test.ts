import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { exampleConfig } from "../test/support/exampleConfig.ts";
import { parseConfig, parseSite } from "./config.ts";
import { ConfigError, type Problem } from "./configError.ts";

const room = { memoryMib: 1024, vcpus: 4, diskMib: 4096 };
const facts = { workers: 2, room, linkMbps: 1000 };
const survival = {
  requestsPerSecond: 200,
  worker: { requestsPerSecond: 100, memoryMib: 256, vcpus: 1, diskMib: 512 },
  inboundMbps: 500,
};

test("a site that states everything is valid, and so is one that states only who has how many workers", () => {
  assert.deepEqual(problemsIn(site(facts, { survival, acceptLossOf: ["bk"] })), []);
  assert.deepEqual(problemsIn(site({ workers: 2 }, {})), []);
});

/** What the facts of host mb are, what else the site has, and what is wrong with that. */
type Case = readonly [title: string, mb: object, more: object, key: string, found: string, remedy: RegExp];

const { inboundMbps: _, ...noLinks } = survival;
const { linkMbps: __, ...noLink } = facts;
const mb = "vigil:site.hosts.mb";

const cases: readonly Case[] = [
  ["no workers", { ...facts, workers: undefined }, { survival }, `${mb}.workers`, "nothing", /state it for every host/],
  ["no room", { ...facts, room: undefined }, { survival }, `${mb}.room`, "nothing", /or remove vigil:site\.survival,/],
  ["no link", noLink, { survival }, `${mb}.linkMbps`, "nothing", /or remove vigil:site\.survival\.inboundMbps,/],
  [
    "half a room",
    { ...facts, room: { ...room, vcpus: undefined } },
    { survival },
    `${mb}.room.vcpus`,
    "nothing",
    /CPUs/,
  ],
  [
    "a room of nothing",
    { ...facts, room: { ...room, diskMib: 0 } },
    { survival },
    `${mb}.room.diskMib`,
    "0",
    /above 0/,
  ],
  ["workers in words", { ...facts, workers: "2" }, { survival }, `${mb}.workers`, '"2"', /number of workers/],
  ["more workers than the pool", { workers: 7 }, {}, `${mb}.workers`, "7", /at most 6: mb has no addresses for more/],
  [
    "more workers than the room",
    { ...facts, workers: 5 },
    { survival },
    `${mb}.workers`,
    "5",
    /at most 4: mb has no memory/,
  ],
  ["acceptance of nobody", facts, { survival, acceptLossOf: ["zz"] }, "vigil:site.acceptLossOf.0", '"zz"', /bk, mb/],
  ["acceptance twice", facts, { survival, acceptLossOf: ["mb", "mb"] }, "vigil:site.acceptLossOf.1", '"mb"', /already/],
  ["acceptance of all", facts, { survival, acceptLossOf: true }, "vigil:site.acceptLossOf", "true", /such as \[bk\]/],
];

suite("each rule, alone", () => {
  for (const [title, facts, more, key, found, remedy] of cases) {
    test(title, () => {
      const problems = problemsIn(site(facts, more));
      assert.deepEqual(
        problems.map(({ remedy: _, ...place }) => place),
        [{ file: "Pulumi.yaml", key, found }],
      );
      assert.match(problems[0]?.remedy ?? "", remedy);
    });
  }
});

test("what nothing is measured by is refused, as it would be believed to protect", () => {
  const keys = (more: object) => problemsIn(site(facts, more)).map(({ key }) => key.replace(/hosts\.(bk|mb)/, "hosts"));
  const links = ["vigil:site.hosts.linkMbps", "vigil:site.hosts.linkMbps"];
  assert.deepEqual(keys({ survival: noLinks }), links);
  assert.deepEqual(keys({}).toSorted(), [...links, "vigil:site.hosts.room", "vigil:site.hosts.room"]);
});

test("a stack's worker is no larger than the site says of all workers", () => {
  const flat = { ...exampleConfig(), "vigil:site": JSON.stringify(site(facts, { survival })) };
  const withWorker = (worker: object) => {
    return problemsOf(() => parseConfig({ ...flat, "vigil:worker": JSON.stringify(worker) }, "bk"));
  };
  assert.deepEqual(withWorker({ memoryMib: 256, vcpus: 1 }), []);
  assert.deepEqual(withWorker({ memoryMib: 257, vcpus: 2 }), [
    {
      file: "Pulumi.bk.yaml",
      key: "vigil:worker.memoryMib",
      found: "257",
      remedy:
        "write at most 256, what vigil:site.survival.worker says that every worker takes at most, or raise it there",
    },
    {
      file: "Pulumi.bk.yaml",
      key: "vigil:worker.vcpus",
      found: "2",
      remedy:
        "write at most 1, what vigil:site.survival.worker says that every worker takes at most, or raise it there",
    },
  ]);
});

/** The shipped site; bk states all that `survival` is measured by if mb does. */
function site(mbFacts: object, more: object): { hosts: Record<string, object> } {
  const { hosts, ...shipped } = JSON.parse(exampleConfig()["vigil:site"] ?? "");
  const bkFacts = "survival" in more || "linkMbps" in mbFacts ? facts : {};
  return { ...shipped, ...more, hosts: { bk: { ...hosts.bk, ...bkFacts }, mb: { ...hosts.mb, ...mbFacts } } };
}

function problemsIn(value: unknown): readonly Problem[] {
  return problemsOf(() => parseSite(value));
}

function problemsOf(parse: () => unknown): readonly Problem[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
