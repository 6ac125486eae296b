import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SiteConfig } from "./configSchema.ts";
import { type AddressPlace, evenAddresses, heldBy, linkLoadsOf, spreadAddresses } from "./linkLoads.ts";

const names = ["h1", "h2", "h3", "h4"];

test("3 hosts, 1.5 Gb/s in, links of 1 Gb/s: 6 addresses, 0.50 each, 0.75 after a loss", () => {
  const [one, even] = linkLoadsOf(siteOf(1000, 1000, 1000)) ?? [];
  assert.deepEqual(even, {
    addresses: 6,
    now: { h1: 0.5, h2: 0.5, h3: 0.5 },
    without: { h1: { h2: 0.75, h3: 0.75 }, h2: { h1: 0.75, h3: 0.75 }, h3: { h1: 0.75, h2: 0.75 } },
  });
  assert.deepEqual(one, {
    addresses: 1,
    now: { h1: 1.5, h2: 0, h3: 0 },
    without: { h1: { h2: 1.5, h3: 0 }, h2: { h1: 1.5, h3: 0 }, h3: { h1: 1.5, h2: 0 } },
  });
});

test("with 3 addresses on 3 such hosts one of the survivors has a full link", () => {
  const hosts = names.slice(0, 3);
  assert.deepEqual(worst(hosts, spreadAddresses(hosts, 3)), { now: 1, afterLoss: 2 });
  assert.equal(((2 / 3) * 1500) / 1000, 1);
});

test("with one address for each ordered pair of hosts, each pair has one", () => {
  for (const count of [2, 3, 4]) {
    const hosts = names.slice(0, count);
    const pairs = spreadAddresses(hosts, evenAddresses(count)).map(({ first, second }) => `${first} ${second}`);
    assert.deepEqual(
      pairs.toSorted(),
      pairsOf(hosts).map(({ first, second }) => `${first} ${second}`),
    );
  }
});

test("a link's load is by its own rate, and a site that does not say what comes in has none", () => {
  const [one] = linkLoadsOf(siteOf(1000, 10_000)) ?? [];
  assert.deepEqual(one, { addresses: 1, now: { h1: 1.5, h2: 0 }, without: { h1: { h2: 0.15 }, h2: { h1: 1.5 } } });
  const { survival: _, ...without } = siteOf(1000, 1000);
  assert.equal(linkLoadsOf(without), undefined);
});

test("a site of one host has nowhere to go to", () => {
  assert.deepEqual(linkLoadsOf(siteOf(1000)), [{ addresses: 1, now: { h1: 1.5 }, without: { h1: {} } }]);
});

/** All that can be tried in a moment: 4 hosts and 6 addresses can be spread in 12,376 ways. */
const anyCounts = fc.constantFrom(
  ...[2, 3, 4].flatMap((hosts) => [1, 2, 3, 4, 5, 6].map((addresses) => [hosts, addresses] as const)),
);

test("no way to spread the addresses has a fuller host, now or after a loss, and the rounded shares are reached", () => {
  fc.assert(
    fc.property(anyCounts, ([hostCount, addresses]) => {
      const hosts = names.slice(0, hostCount);
      const found = worst(hosts, spreadAddresses(hosts, addresses));
      const { least } = tryAll(hostCount, addresses);
      assert.deepEqual(found, least);
      assert.deepEqual(found, {
        now: Math.ceil(addresses / hostCount),
        afterLoss: Math.ceil(addresses / (hostCount - 1)),
      });
    }),
  );
});

test("some way loads all hosts alike, now and after each loss, just where H (H - 1) divides the addresses", () => {
  fc.assert(
    fc.property(anyCounts, ([hostCount, addresses]) => {
      const hosts = names.slice(0, hostCount);
      const { isEven } = tryAll(hostCount, addresses);
      assert.equal(isEven, addresses % evenAddresses(hostCount) === 0);
      assert.equal(isAlike(hosts, spreadAddresses(hosts, addresses)), isEven);
    }),
  );
});

test("more hosts and addresses than can be tried reach the rounded shares as well", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 400 }), (hostCount, addresses) => {
      const hosts = Array.from({ length: hostCount }, (_, index) => `h${index}`);
      assert.deepEqual(worst(hosts, spreadAddresses(hosts, addresses)), {
        now: Math.ceil(addresses / hostCount),
        afterLoss: Math.ceil(addresses / (hostCount - 1)),
      });
    }),
  );
});

function pairsOf(hosts: readonly string[]): AddressPlace[] {
  return hosts.flatMap((first) => hosts.filter((second) => second !== first).map((second) => ({ first, second })));
}

/** Every choice of so many pairs, a pair as often as one likes; the order of the addresses is no difference. */
function* waysToSpread(pairs: readonly AddressPlace[], count: number): Generator<AddressPlace[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const [index, pair] of pairs.entries()) {
    for (const rest of waysToSpread(pairs.slice(index), count - 1)) yield [pair, ...rest];
  }
}

const tried = new Map<string, ReturnType<typeof tryEach>>();

function tryAll(hostCount: number, addresses: number) {
  const key = `${hostCount} ${addresses}`;
  const result = tried.get(key) ?? tryEach(names.slice(0, hostCount), addresses);
  tried.set(key, result);
  return result;
}

function tryEach(hosts: readonly string[], addresses: number) {
  const least = { now: Number.POSITIVE_INFINITY, afterLoss: Number.POSITIVE_INFINITY };
  let isEven = false;
  for (const places of waysToSpread(pairsOf(hosts), addresses)) {
    const { now, afterLoss } = worst(hosts, places);
    least.now = Math.min(least.now, now);
    least.afterLoss = Math.min(least.afterLoss, afterLoss);
    isEven ||= isAlike(hosts, places);
  }
  return { least, isEven };
}

/** The most addresses that one host has, now and after whichever loss. */
function worst(hosts: readonly string[], places: readonly AddressPlace[]) {
  const most = (lost?: string) => Math.max(...heldBy(hosts, places, lost).values());
  return { now: most(), afterLoss: Math.max(...hosts.map(most)) };
}

function isAlike(hosts: readonly string[], places: readonly AddressPlace[]): boolean {
  return [undefined, ...hosts].every((lost) => new Set(heldBy(hosts, places, lost).values()).size === 1);
}

function siteOf(...linksMbps: number[]): SiteConfig {
  const room = { memoryMib: 1024, vcpus: 4, diskMib: 4096 };
  const hosts = linksMbps.map((linkMbps, index) => {
    const base = `10.0.${index}`;
    return [
      `h${index + 1}`,
      { address: `${base}.1`, uplink: "eth0", pool: `${base}.10-${base}.16`, workers: 2, room, linkMbps },
    ] as const;
  });
  const worker = { requestsPerSecond: 100, memoryMib: 256, vcpus: 1, diskMib: 512 };
  return {
    name: "any",
    subnet: "10.0.0.0/16",
    vip: "10.0.99.1",
    hosts: Object.fromEntries(hosts),
    survival: { requestsPerSecond: 200, worker, inboundMbps: 1500 },
  };
}
