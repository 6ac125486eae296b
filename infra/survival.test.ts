import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { exampleConfig } from "../test/support/exampleConfig.ts";
import { parseConfig, type SiteConfig, type StackConfig } from "./config.ts";
import { planStack } from "./plan.ts";
import { type Loss, lossesOf, refusalsOf, secondLossesOf } from "./survival.ts";

const room = { memoryMib: 1024, vcpus: 8, diskMib: 8192 };
const survival = {
  requestsPerSecond: 400,
  worker: { requestsPerSecond: 100, memoryMib: 256, vcpus: 1, diskMib: 512 },
};

suite("without figures, what the shape of the site says", () => {
  test("a stack does not know the workers of the others, and says so rather than guess", () => {
    const losses = lossesIn(siteOf({ bk: {}, mb: {} }), 2);
    assert.deepEqual(losses[0], {
      lostHost: "bk",
      verdict: "unknown",
      lacks: [
        {
          found: "without bk the service rests on the workers of mb, which this stack does not know",
          remedy: "state vigil:site.hosts.mb.workers",
        },
      ],
      nextHolder: "mb",
      balancers: 1,
      workers: 0,
      unseen: ["mb"],
    });
    assert.deepEqual(losses[1], {
      lostHost: "mb",
      verdict: "survives",
      lacks: [],
      nextHolder: "bk",
      balancers: 1,
      workers: 2,
      unseen: [],
    });
    assert.deepEqual(refusals(siteOf({ bk: {}, mb: {} }), 2), []);
  });

  test("with the number of workers of all hosts, every answer is yes or no", () => {
    assert.deepEqual(verdicts(siteOf({ bk: { workers: 1 }, mb: { workers: 1 } }), 2), ["survives", "survives"]);
    assert.deepEqual(verdicts(siteOf({ bk: { workers: 1 }, mb: { workers: 0 } }), 2), ["fails", "survives"]);
  });

  test("a loss that leaves no worker is refused, with file, key and remedy", () => {
    assert.deepEqual(refusals(siteOf({ bk: {}, mb: {}, zz: {} }), 0), []);
    assert.deepEqual(refusals(siteOf({ bk: {}, mb: { workers: 0 }, zz: { workers: 0 } }), 2), [
      {
        file: "Pulumi.yaml",
        key: "vigil:site.hosts.bk",
        found: "without bk no worker remains",
        remedy: "have one on mb or zz, or accept it by name: vigil:site.acceptLossOf: [bk]",
      },
    ]);
  });

  test("a site of one host is refused until its loss is accepted by name", () => {
    const alone = siteOf({ bk: {} });
    assert.deepEqual(refusals(alone, 2), [
      {
        file: "Pulumi.yaml",
        key: "vigil:site.hosts.bk",
        found: "without bk no host remains, and so no balancer that could hold the service's address",
        remedy: "add a second host: `vigil host add`, or accept it by name: vigil:site.acceptLossOf: [bk]",
      },
    ]);
    const accepted = { ...alone, acceptLossOf: ["bk"] };
    assert.deepEqual(verdicts(accepted, 2), ["accepted"]);
    assert.deepEqual(refusals(accepted, 2), []);
  });

  test("what is accepted is the loss of that host alone", () => {
    const site = { ...siteOf({ bk: {}, mb: { workers: 0 } }), acceptLossOf: ["mb"] };
    assert.deepEqual(verdicts(site, 2), ["fails", "survives"]);
  });
});

suite("with figures", () => {
  const whole = { bk: facts(2), cc: facts(2), mb: facts(2) };

  test("each loss has what is left: requests, room and the next holder", () => {
    assert.deepEqual(lossesIn(siteOf(whole, survival), 2)[0], {
      lostHost: "bk",
      verdict: "survives",
      lacks: [],
      nextHolder: "cc",
      balancers: 2,
      workers: 4,
      unseen: [],
      requestsPerSecond: { left: 400, wanted: 400 },
      roomForWorkers: { left: 8, wanted: 6 },
    });
    assert.deepEqual(
      lossesIn(siteOf(whole, survival), 2).map(({ nextHolder }) => nextHolder),
      ["cc", "bk", "bk"],
    );
  });

  test("of three hosts any two may go, and the last one has the address; of two hosts that is no case", () => {
    const config = configOf(siteOf({ ...whole, mb: facts(3) }, survival), 2, "bk");
    assert.deepEqual(
      secondLossesOf(config, planStack(config, { version: 1 })).map(({ lostHosts, nextHolder, workers, ...left }) => {
        return [lostHosts.join(), nextHolder, workers, left.requestsPerSecond?.left, left.roomForWorkers?.wanted];
      }),
      [
        ["bk,cc", "mb", 3, 300, 7],
        ["bk,mb", "cc", 2, 200, 7],
        ["cc,mb", "bk", 2, 200, 7],
      ],
    );
    const pair = configOf(siteOf({ bk: {}, mb: {} }), 2, "bk");
    assert.deepEqual(secondLossesOf(pair, planStack(pair, { version: 1 })), []);
  });

  const short = { ...facts(2), room: { ...room, memoryMib: 600 } };
  const cases: readonly [title: string, hosts: SiteConfig["hosts"], asked: object, found: RegExp, remedy: RegExp][] = [
    [
      "requests",
      whole,
      { requestsPerSecond: 401 },
      /what is left serves 400 of 401 requests\/s \(4 workers\)/,
      /have 5 workers/,
    ],
    [
      "memory",
      { bk: facts(2), cc: short, mb: short },
      {},
      /room for 4 of the 6 workers: cc has memory for 2, mb/,
      /room/,
    ],
    ["CPUs", narrowed({ vcpus: 2 }), {}, /room for 4 of the 6 workers: cc has virtual CPUs for 2/, /more room/],
    ["disk", narrowed({ diskMib: 1500 }), {}, /room for 4 of the 6 workers: cc has disk space for 2/, /more room/],
    ["addresses", pooled("10.0.1.10-10.0.1.12"), {}, /room for 4 of the 6 workers: cc has addresses for 2/, /room/],
    [
      "a link",
      linked(1500, 1500, 1400),
      { inboundMbps: 1500 },
      /all of 1500 Mb\/s may come to mb \(1400 Mb\/s\)$/,
      /faster/,
    ],
  ];
  for (const [title, hosts, asked, found, remedy] of cases) {
    test(`a loss that leaves too little is refused: ${title}`, () => {
      const site = siteOf(hosts, { ...survival, ...asked });
      const [loss] = lossesIn(site, 2);
      assert.equal(loss?.verdict, "fails");
      assert.equal(loss.lacks.length, 1);
      assert.match(loss.lacks[0]?.found ?? "", found);
      assert.match(loss.lacks[0]?.remedy ?? "", remedy);
      assert.ok(refusals(site, 2).some((problem) => found.test(problem.found)));
    });
  }

  test("all that lacks is said at once", () => {
    const hosts = { bk: { ...facts(2), linkMbps: 200 }, mb: { ...short, workers: 1, linkMbps: 100 } };
    const site = siteOf(hosts, { ...survival, inboundMbps: 200 });
    assert.equal(lossesIn(site, 2)[0]?.lacks.length, 3);
  });

  test("a stack that has fewer workers than the others count on is refused, though nothing else is", () => {
    assert.deepEqual(refusals(siteOf(whole, { ...survival, requestsPerSecond: 100 }), 1), [
      {
        file: "Pulumi.yaml",
        key: "vigil:site.hosts.bk.workers",
        found: "2, and bk has 1 worker",
        remedy: "have 2 again (`vigil scale bk 2`), or write at most 1: the other hosts count on them",
      },
    ]);
    assert.deepEqual(refusals(siteOf(whole, survival), 3), []);
  });

  test("a stack that has more workers than its host has room for is refused", () => {
    const [refusal] = refusals(siteOf(whole, survival), 5);
    assert.equal(refusal?.key, "vigil:site.hosts.bk.room");
    assert.match(refusal.remedy, /have at most 4, or state more room: it has no memory for more/);
  });

  function narrowed(change: Partial<typeof room>): SiteConfig["hosts"] {
    const narrow = { ...facts(2), room: { ...room, ...change } };
    return { bk: facts(2), cc: narrow, mb: narrow };
  }

  function pooled(pool: string): SiteConfig["hosts"] {
    return { bk: facts(2), cc: { ...facts(2), pool }, mb: { ...facts(2), pool: pool.replaceAll("0.1", "0.2") } };
  }

  function linked(...linksMbps: number[]): SiteConfig["hosts"] {
    const hosts = linksMbps.map((linkMbps, index) => [["bk", "cc", "mb"][index], { ...facts(2), linkMbps }]);
    return Object.fromEntries(hosts);
  }
});

test("what each stack finds survived of what the facts say of the others is survived, whatever they really have", () => {
  const counts = fc.array(fc.tuple(fc.nat(3), fc.nat(2)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 8 }), (hosts, wanted) => {
      const names = hosts.map((_, index) => `h${index}`);
      const site = siteOf(Object.fromEntries(names.map((name, index) => [name, facts(hosts[index]?.[0] ?? 0)])), {
        ...survival,
        requestsPerSecond: wanted * survival.worker.requestsPerSecond,
      });
      const real = hosts.map(([stated, change]) => Math.max(0, stated + change - 1));
      const isRefused = names.some((name, index) => refusals(site, real[index] ?? 0, name).length > 0);
      const total = real.reduce((sum, workers) => sum + workers, 0);
      const stated = hosts.reduce((sum, [workers]) => sum + workers, 0);
      const hasRoom = names.length > 1 && stated <= 4 * (names.length - 1);
      const isSurvived = hasRoom && real.every((lost) => total - lost >= wanted);
      assert.ok(isRefused || isSurvived, JSON.stringify({ hosts, real, wanted }));
    }),
    { numRuns: 500 },
  );
});

function facts(workers: number): SiteConfig["hosts"][string] {
  return { address: "", uplink: "eth0", pool: "", workers, room };
}

/** Hosts without an address or a pool get some. */
function siteOf(
  hosts: Record<string, Partial<SiteConfig["hosts"][string]>>,
  asked?: SiteConfig["survival"],
): SiteConfig {
  const whole = Object.entries(hosts).map(([name, host], index) => {
    const base = `10.0.${index}`;
    const pool = host.pool || `${base}.10-${base}.16`;
    return [name, { uplink: "eth0", ...host, address: `${base}.1`, pool }] as const;
  });
  const site = { name: "any", subnet: "10.0.0.0/16", vip: "10.0.99.1", hosts: Object.fromEntries(whole) };
  return asked === undefined ? site : { ...site, survival: asked };
}

/** The configuration of one stack of a site that really has so many workers. */
function configOf(site: SiteConfig, workers: number, host: string): StackConfig {
  const flat = { ...exampleConfig(), "vigil:host": host, "vigil:site": JSON.stringify(site) };
  return parseConfig({ ...flat, "vigil:workers": `${workers}` }, host);
}

function lossesIn(site: SiteConfig, workers: number, host = "bk"): Loss[] {
  const config = configOf(site, workers, host);
  return lossesOf(config, planStack(config, { version: 1 }));
}

function refusals(site: SiteConfig, workers: number, host = "bk") {
  const config = configOf(site, workers, host);
  return refusalsOf(config, planStack(config, { version: 1 }));
}

function verdicts(site: SiteConfig, workers: number) {
  return lossesIn(site, workers).map(({ verdict }) => verdict);
}

test("who stands in for a lost host is nothing to count on", () => {
  const config = parseConfig(exampleConfig("bk"), "bk");
  const own = planStack(config, { version: 1 });
  const evacuated = planStack(config, { version: 1, evacuated: { mb: 2 } });
  assert.equal(evacuated.slots.length, own.slots.length + 2);
  assert.deepEqual(lossesOf(config, evacuated), lossesOf(config, own));
});
