import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exampleConfig, exampleImage } from "../test/support/exampleConfig.ts";
import { formatAddress } from "./address.ts";
import { parseConfig, type StackConfig } from "./config.ts";
import { ConfigError } from "./configError.ts";
import type { Desired } from "./desired.ts";
import { planStack, type StackPlan } from "./plan.ts";

const newImage = "b".repeat(64);

test("the plan of the shipped stack bk", () => {
  const plan = planShipped("bk");
  assert.deepEqual(plan.host, {
    name: "bk",
    address: "192.168.10.1",
    uplink: "eno2",
    bridge: "br0",
    pool: { first: "192.168.10.10", last: "192.168.10.16", size: 7 },
    vrrpPriority: 254,
  });
  assert.deepEqual(plan.site.subnet, { cidr: "192.168.10.0/24", prefixLength: 24, netmask: "255.255.255.0" });
  assert.deepEqual(
    plan.slots.map(({ id, address, servicePort, heartbeatPort }) => [id, address, servicePort, heartbeatPort]),
    [
      ["bk/lb-1", "192.168.10.16", 80, 8080],
      ["bk/web-1", "192.168.10.10", 8080, 8081],
      ["bk/web-2", "192.168.10.11", 8080, 8081],
    ],
  );
  assert.deepEqual(plan.slots[1], {
    slot: "web-1",
    id: "bk/web-1",
    host: "bk",
    role: "worker",
    hostname: "bk-web-1",
    address: "192.168.10.10",
    netmask: "255.255.255.0",
    gateway: "192.168.10.1",
    mac: "52:54:00:a8:0a:0a",
    // A changed UUID would rebuild every machine of every site: this value must never change.
    uuid: "3ab326b6-b52d-53d6-955b-d165d2a9f39c",
    image: exampleImage,
    memoryMib: 256,
    vcpus: 1,
    servicePort: 8080,
    heartbeatPort: 8081,
  });
  const mac = "52:54:00:a8:0a:1a";
  assert.deepEqual(plan.peers, [{ id: "mb/lb-1", host: "mb", address: "192.168.10.26", mac, priority: 244 }]);
});

test("every host sees the same candidates: what the pools could hold, built or not", () => {
  const { candidates } = planShipped("bk");
  assert.equal(candidates.length, 12);
  assert.deepEqual(candidates[6], { id: "mb/web-1", address: "192.168.10.20", port: 8080 });
  assert.deepEqual(planShipped("mb").candidates, candidates);
  assert.deepEqual(planShipped("bk", { version: 1, workers: 6 }).candidates, candidates);
});

test("the desired state decides the number of workers and the image of single slots", () => {
  const plan = planShipped("bk", { version: 1, workers: 3, images: { "web-2": newImage, "web-6": newImage } });
  assert.deepEqual(
    plan.slots.map(({ slot, image }) => [slot, image === newImage]),
    [
      ["lb-1", false],
      ["web-1", false],
      ["web-2", true],
      ["web-3", false],
    ],
  );
});

test("a desired state that the pool cannot hold is refused as a whole", () => {
  const desired: Desired = { version: 1, workers: 7, images: { "web-7": newImage, "lb-2": newImage } };
  assert.throws(
    () => planShipped("bk", desired),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.problems.map(({ file, key, found }) => [file, key, found]),
        [
          ["desired.json", "workers", "7"],
          ["desired.json", "images.web-7", `"${newImage}"`],
          ["desired.json", "images.lb-2", `"${newImage}"`],
        ],
      );
      return true;
    },
  );
});

test("the last workers stand in for those of lost hosts, beside as many of its own as a person asked for", () => {
  const plan = planShipped("bk", { version: 1, workers: 1, evacuated: { mb: 2, cc: 1 } });
  assert.deepEqual(
    plan.slots.map(({ slot, standsInFor }) => [slot, standsInFor]),
    [
      ["lb-1", undefined],
      ["web-1", undefined],
      ["web-2", "cc"],
      ["web-3", "mb"],
      ["web-4", "mb"],
    ],
  );
  const shipped = planShipped("bk").slots.length;
  assert.equal(planShipped("bk", { version: 1, evacuated: { mb: 1 } }).slots.length, shipped + 1);
});

test("who stands in for others is refused where the pool does not hold them beside the host's own", () => {
  assert.throws(
    () => planShipped("bk", { version: 1, workers: 5, evacuated: { mb: 2 } }),
    (error) => {
      assert.ok(error instanceof ConfigError);
      const [problem, ...more] = error.problems;
      assert.deepEqual([problem?.file, problem?.key, more], ["desired.json", "evacuated", []]);
      assert.match(
        problem?.remedy ?? "",
        /^have at most 4 workers of its own while these stand in for others, or widen/,
      );
      return true;
    },
  );
});

test("nobody can change a plan", () => {
  const plan = planShipped("bk");
  assert.throws(() => Object.assign(plan.slots[0] ?? {}, { address: "10.0.0.1" }), TypeError);
  assert.throws(() => Object.assign(plan.site.hosts, { length: 0 }), TypeError);
});

test("a plan is plain data: it survives JSON, and so does the configuration that it came from", () => {
  const config = parseConfig(exampleConfig(), "bk");
  const plan = planStack(config, { version: 1 });
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
  assert.deepEqual(planStack(JSON.parse(JSON.stringify(config)), { version: 1 }), plan);
});

/** A site of 1 to 8 hosts on one /16; pools of 1 to 64 addresses with gaps between them, hosts in any order. */
const anySite = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/), { minLength: 1, maxLength: 8 })
  .chain((names) =>
    fc.tuple(fc.constant(names), fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 8, maxLength: 8 })),
  )
  .map(([names, sizes]) => ({
    name: "any",
    subnet: "10.1.0.0/16",
    vip: "10.1.255.1",
    hosts: Object.fromEntries(names.map((name, index) => [name, anyHost(index, sizes[index] ?? 1)])),
  }));

test("a slot's address, MAC, UUID and hostname belong to it alone, over all hosts", () => {
  fc.assert(
    fc.property(anySite, (site) => {
      const slots = plansOf(site).flatMap((plan) => plan.slots);
      for (const key of ["id", "address", "mac", "uuid", "hostname"] as const) {
        assert.equal(new Set(slots.map((slot) => slot[key])).size, slots.length, key);
      }
    }),
  );
});

test("every planned worker is a candidate at the address it has, and no balancer is", () => {
  fc.assert(
    fc.property(anySite, (site) => {
      const plans = plansOf(site);
      const workers = plans.flatMap((plan) => plan.slots.filter((slot) => slot.role === "worker"));
      const planned = workers.map(({ id, address }) => ({ id, address, port: 8080 }));
      for (const { candidates } of plans) assert.deepEqual(candidates, planned);
    }),
  );
});

test("another host in the site changes nothing about the slots of the others", () => {
  fc.assert(
    fc.property(anySite, fc.stringMatching(/^[a-z][a-z0-9]{6,9}$/), (site, name) => {
      const larger = { ...site, hosts: { ...site.hosts, [name]: anyHost(8, 5) } };
      const slots = plansOf(larger)
        .filter((plan) => plan.host.name !== name)
        .map((plan) => plan.slots);
      assert.deepEqual(
        slots,
        plansOf(site).map((plan) => plan.slots),
      );
    }),
  );
});

test("the priorities of 3 and 4 hosts are one order of all, the same on each, and no two are alike", () => {
  for (const names of [
    ["bk", "mb", "cc"],
    ["mb", "dd", "bk", "cc"],
  ]) {
    const plans = plansOf(siteOf(names));
    const order = plans.map(({ host }) => [host.name, host.vrrpPriority] as const);
    assert.deepEqual(
      order.toSorted(([, one], [, other]) => other - one).map(([name]) => name),
      names.toSorted(),
    );
    assert.equal(new Set(order.map(([, priority]) => priority)).size, names.length);
    for (const { host, site, peers } of plans) {
      assert.deepEqual(
        site.hosts.map(({ name, vrrpPriority }) => [name, vrrpPriority]),
        order,
      );
      assert.deepEqual(
        peers.map((peer) => [peer.host, peer.priority]),
        order.filter(([name]) => name !== host.name),
      );
    }
  }
});

test("scaling adds and removes the last workers and touches no other slot", () => {
  fc.assert(
    fc.property(fc.nat(6), fc.nat(6), (one, other) => {
      const [few, many] = [Math.min(one, other), Math.max(one, other)];
      const slots = (workers: number) => planShipped("bk", { version: 1, workers }).slots;
      assert.deepEqual(slots(many).slice(0, few + 1), slots(few));
    }),
  );
});

function planShipped(host: string, desired: Desired = { version: 1 }): StackPlan {
  return planStack(parseConfig(exampleConfig(host), host), desired);
}

function siteOf(names: readonly string[]): StackConfig["site"] {
  const hosts = Object.fromEntries(names.map((name, index) => [name, anyHost(index, 7)]));
  return { name: "any", subnet: "10.1.0.0/16", vip: "10.1.255.1", hosts };
}

function anyHost(index: number, size: number) {
  const base = 0x0a010000 + index * 256;
  const pool = `${formatAddress(base + 10)}-${formatAddress(base + 9 + size)}`;
  return { address: formatAddress(base + 1), uplink: "eth0", pool };
}

/** The plan of every stack of a site, in the order of the hosts' names, with as many workers as each pool holds. */
function plansOf(site: StackConfig["site"]): StackPlan[] {
  return Object.keys(site.hosts)
    .sort()
    .map((host) => {
      const config = {
        ...exampleConfig(),
        "vigil:site": JSON.stringify(site),
        "vigil:host": host,
        "vigil:workers": "0",
      };
      const parsed = parseConfig(config, host);
      const { host: planned } = planStack(parsed, { version: 1 });
      return planStack(parsed, { version: 1, workers: planned.pool.size - 1 });
    });
}
