import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { exampleConfig, type FlatConfig } from "../test/support/exampleConfig.ts";
import { parseConfig, parseSite } from "./config.ts";
import { ConfigError, type Problem } from "./configError.ts";

const bk = "vigil:site.hosts.bk";
const mb = "vigil:site.hosts.mb";

/** The one key that is changed, its value (undefined takes it away), and words of the remedy asked for at that key. */
type Case = readonly [title: string, key: string, value: unknown, remedy: RegExp];

const cases: readonly Case[] = [
  ["no site", "vigil:site", undefined, /mapping of name, subnet/],
  ["a site that is text", "vigil:site", "demo", /mapping of name/],
  ["an unknown key of the site", "vigil:site.gateway", "x", /keys here are name, subnet/],
  ["a site name with capitals", "vigil:site.name", "Demo", /lower-case/],
  ["a site name that ends in a hyphen", "vigil:site.name", "demo-", /lower-case/],
  ["a subnet with host bits", "vigil:site.subnet", "192.168.10.7/24", /network address/],
  ["a subnet without room", "vigil:site.subnet", "192.168.10.0/30", /from 8 to 29/],
  ["no VIP", "vigil:site.vip", undefined, /IPv4 address/],
  ["a VIP that is no address", "vigil:site.vip", "ten", /IPv4 address/],
  ["a VIP outside the subnet", "vigil:site.vip", "192.168.11.120", /192\.168\.10\.1 to 192\.168\.10\.254/],
  ["a VIP that is the broadcast address", "vigil:site.vip", "192.168.10.255", /stay within/],
  ["a VIP inside a pool", "vigil:site.vip", "192.168.10.12", /outside the pool of bk/],
  ["a VIP that is a host", "vigil:site.vip", "192.168.10.1", /the address of host bk/],
  ["a witness outside the subnet", "vigil:site.witness", "8.8.8.8", /stay within/],
  ["a witness inside a pool", "vigil:site.witness", "192.168.10.26", /the pool of mb/],
  ["a witness that is a host", "vigil:site.witness", "192.168.10.2", /the address of host mb/],
  ["a witness that is the VIP", "vigil:site.witness", "192.168.10.120", /the virtual address/],
  ["hosts in a list", "vigil:site.hosts", ["bk"], /mapping from host name/],
  ["a host name that is no DNS label", "vigil:site.hosts.m_b", {}, /lower-case/],
  ["an unknown key of a host", `${bk}.pol`, 1, /address, uplink, pool/],
  ["a host without an uplink", `${bk}.uplink`, undefined, /ip link/],
  ["an uplink too long for the kernel", `${bk}.uplink`, "a234567890123456", /ip link/],
  ["the bridge as its own uplink", `${bk}.uplink`, "br0", /other than br0/],
  ["a host outside the subnet", `${mb}.address`, "10.0.0.2", /stay within/],
  ["a host that is the network address", `${mb}.address`, "192.168.10.0", /stay within/],
  ["two hosts with one address", `${mb}.address`, "192.168.10.1", /the address of host bk/],
  ["a host inside a pool", `${mb}.address`, "192.168.10.14", /outside the pool of bk/],
  ["overlapping pools", `${mb}.pool`, "192.168.10.16-192.168.10.26", /overlaps the pool of bk, 192\.168\.10\.10-/],
  ["a reversed pool", `${mb}.pool`, "192.168.10.26-192.168.10.20", /first and the last/],
  ["a pool of more than 64", `${mb}.pool`, "192.168.10.128-192.168.10.192", /at most 64/],
  ["a pool that leaves the subnet", `${mb}.pool`, "192.168.10.255-192.168.11.2", /stay within/],

  ["no host", "vigil:host", undefined, /lower-case/],
  ["another stack's host", "vigil:host", "mb", /write bk/],
  ["no workers", "vigil:workers", undefined, /number of workers/],
  ["workers in words", "vigil:workers", "two", /number of workers/],
  ["half a worker", "vigil:workers", 1.5, /number of workers/],
  ["fewer than no workers", "vigil:workers", -1, /number of workers/],
  ["more workers than the pool holds", "vigil:workers", 7, /at most 6/],
  ["too little memory", "vigil:worker.memoryMib", 64, /at least 96/],
  ["memory with a unit", "vigil:worker.memoryMib", "256MiB", /in MiB/],
  ["no processor", "vigil:balancer.vcpus", 0, /from 1 to 64/],
  ["an unknown key of a size", "vigil:worker.disk", 3, /memoryMib, vcpus/],
  ["a size that is not a mapping", "vigil:worker", "{", /mapping of memoryMib/],
  ["another accelerator", "vigil:accelerator", "xen", /kvm or tcg.*vigil host prepare HOST/],
  ["no image", "vigil:image", undefined, /vigil host prepare HOST/],
  ["an image by name", "vigil:image", "alpine", /vigil host prepare HOST/],
  ["an unknown key of ours", "vigil:worker_count", "3", /keys here are .*workers/],
  ["no libvirt", "libvirt:uri", undefined, /qemu:\/\/\/system/],
  ["a libvirt of containers", "libvirt:uri", "lxc:///", /qemu:\/\/\/system/],
];

suite("each rule, alone", () => {
  for (const [title, key, value, remedy] of cases) {
    test(title, () => {
      const problems = problemsIn(changed({ [key]: value }));
      const file = key.startsWith("vigil:site") ? "Pulumi.yaml" : "Pulumi.bk.yaml";
      const found = value === undefined ? "nothing" : JSON.stringify(value);
      assert.deepEqual(
        problems.map(({ remedy: _, ...place }) => place),
        [{ file, key, found }],
      );
      assert.match(problems[0]?.remedy ?? "", remedy);
    });
  }
});

test("the shipped configuration is valid for each of its stacks", () => {
  for (const host of ["bk", "mb"]) assert.equal(parseConfig(exampleConfig(host), host).host, host);
});

test("keys of other namespaces are their providers' business", () => {
  assert.ok(parseConfig({ ...exampleConfig(), "pulumi:tags": "{}", "aws:region": "eu-west-1" }, "bk"));
});

test("a stack whose host is not in the site is told which hosts there are", () => {
  const problems = problemsIn({ ...exampleConfig(), "vigil:host": "zz" }, "zz");
  assert.deepEqual(problems, [
    {
      file: "Pulumi.zz.yaml",
      key: "vigil:host",
      found: '"zz"',
      remedy: "name a host of the site (bk, mb), or add zz to vigil:site.hosts in Pulumi.yaml",
    },
  ]);
});

test("a site has 1 to 20 hosts", () => {
  const hosts = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`h${index}`, host(index)]));
  const host = (index: number) => ({
    address: `10.0.${index}.1`,
    uplink: "eth0",
    pool: `10.0.${index}.10-10.0.${index}.12`,
  });
  const problemsWith = (count: number) =>
    catchProblems(() => parseSite({ name: "many", subnet: "10.0.0.0/16", vip: "10.0.99.1", hosts: hosts(count) }));
  assert.deepEqual(problemsWith(20), []);
  for (const count of [0, 21]) assert.match(problemsWith(count)[0]?.remedy ?? "", /describe 1 to 20 hosts/);
});

test("everything that is wrong is said at once, for a terminal, and one mistake hides no other", () => {
  const config = changed({
    "vigil:site.vip": "192.168.10.12",
    "vigil:site.witness": "router",
    [`${mb}.pool`]: "192.168.10.15-192.168.10.26",
    "vigil:workers": 9,
    "vigil:colour": "blue",
    "vigil:image": undefined,
  });
  assert.throws(() => parseConfig(config, "bk"), {
    name: "ConfigError",
    message: `6 problems in the configuration; nothing was changed.

  Pulumi.yaml: vigil:site.witness
    found: "router"
    to do: write an IPv4 address such as 192.168.10.1

  Pulumi.bk.yaml: vigil:image
    found: nothing
    to do: let \`vigil host prepare HOST\` write it: the sha256 of the golden image of this machine

  Pulumi.bk.yaml: vigil:colour
    found: "blue"
    to do: remove it: the keys here are site, host, workers, worker, balancer, accelerator, image, libvirt:uri

  Pulumi.yaml: vigil:site.hosts.mb.pool
    found: "192.168.10.15-192.168.10.26"
    to do: choose a range of its own: this one overlaps the pool of bk, 192.168.10.10-192.168.10.16

  Pulumi.yaml: vigil:site.vip
    found: "192.168.10.12"
    to do: choose an address outside the pool of bk, 192.168.10.10-192.168.10.16, or that VM would answer in its place

  Pulumi.bk.yaml: vigil:workers
    found: 9
    to do: ask for at most 6, what the pool of bk (192.168.10.10-192.168.10.16) holds besides its balancer, or widen that pool`,
  });
});

test("whatever stands in the files, the answer is a configuration or a list of problems", () => {
  const keys = Object.keys(exampleConfig());
  const change = fc.dictionary(fc.constantFrom(...keys, "vigil:x"), fc.oneof(fc.string(), fc.json()));
  fc.assert(
    fc.property(change, (changes) => {
      for (const problem of problemsIn({ ...exampleConfig(), ...changes })) {
        assert.ok(problem.file && problem.key && problem.found && problem.remedy, JSON.stringify(problem));
      }
    }),
  );
});

test("a site is parsed alone, with the same rules, for tools that have no stack", () => {
  const value = JSON.parse(exampleConfig()["vigil:site"] ?? "");
  assert.deepEqual(parseSite(value), parseConfig(exampleConfig(), "bk").site);
  value.hosts.mb.pool = value.hosts.bk.pool;
  assert.deepEqual(
    catchProblems(() => parseSite(value)).map(({ key }) => key),
    [`${mb}.pool`],
  );
});

function problemsIn(config: FlatConfig, stack = "bk"): readonly Problem[] {
  return catchProblems(() => parseConfig(config, stack));
}

function catchProblems(parse: () => unknown): readonly Problem[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The shipped configuration with the values at some dotted keys replaced; undefined takes a key away. */
function changed(changes: Record<string, unknown>): FlatConfig {
  const config = exampleConfig();
  for (const [dotted, value] of Object.entries(changes)) {
    const [key = "", ...path] = dotted.split(".");
    const leaf = path.pop();
    const tree = leaf === undefined ? value : JSON.parse(config[key] ?? "");
    if (leaf !== undefined) path.reduce((node, step) => node[step], tree)[leaf] = value;
    delete config[key];
    if (tree !== undefined) config[key] = typeof tree === "string" ? tree : JSON.stringify(tree);
  }
  return config;
}
