import assert from "node:assert/strict";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import { ConfigError } from "../infra/configError.ts";
import { addHost, type NewHost } from "./addHost.ts";
import { readSite } from "./readSite.ts";

const shipped = join(import.meta.dirname, "..");
const files = ["Pulumi.bk.yaml", "Pulumi.mb.yaml", "Pulumi.yaml"];
const cc: NewHost = {
  name: "cc",
  address: "192.168.10.3",
  uplink: "eth0",
  pool: "192.168.10.30-192.168.10.36",
  workers: 2,
};

test("a host is added to the site's hosts, and nothing else in the file changes, comments included", async (t) => {
  const checkout = await copyOfShipped(t);
  await addHost(checkout, cc);
  const before = await readFile(join(shipped, "Pulumi.yaml"), "utf8");
  assert.equal(
    await readFile(join(checkout, "Pulumi.yaml"), "utf8"),
    `${before}        cc:
          address: 192.168.10.3
          uplink: eth0
          pool: 192.168.10.30-192.168.10.36
`,
  );
  assert.equal(
    await readFile(join(checkout, "Pulumi.cc.yaml"), "utf8"),
    (await readFile(join(shipped, "Pulumi.bk.yaml"), "utf8")).replaceAll("bk", "cc"),
  );
  assert.deepEqual((await readdir(checkout)).toSorted(), [...files, "Pulumi.cc.yaml"].toSorted());
});

test("a third and a fourth host can follow each other", async (t) => {
  const checkout = await copyOfShipped(t);
  await addHost(checkout, cc);
  await addHost(checkout, { ...cc, name: "dd", address: "192.168.10.4", pool: "192.168.10.40-192.168.10.46" });
  assert.deepEqual(Object.keys((await readSite(checkout)).hosts), ["bk", "mb", "cc", "dd"]);
});

test("one that was cut short before the site facts were written is begun anew", async (t) => {
  const checkout = await copyOfShipped(t);
  await addHost(checkout, cc);
  await copyFile(join(shipped, "Pulumi.yaml"), join(checkout, "Pulumi.yaml"));
  await addHost(checkout, cc);
  assert.ok((await readSite(checkout)).hosts.cc);
});

type Case = readonly [title: string, change: Partial<NewHost>, key: string, remedy: RegExp];

const cases: readonly Case[] = [
  ["a host that is there", { name: "mb" }, "vigil:site.hosts.mb", /another name/],
  ["a name that is none for a host", { name: "Cc_1" }, "vigil:site.hosts.Cc_1", /lower-case/],
  ["a name that would be another file", { name: "../cc" }, "vigil:site.hosts.../cc", /lower-case/],
  ["a name that would be other YAML", { name: "c: {" }, "vigil:site.hosts.c: {", /lower-case/],
  ["another host's address", { address: "192.168.10.2" }, "vigil:site.hosts.cc.address", /the address of host mb/],
  ["an address in a pool", { address: "192.168.10.25" }, "vigil:site.hosts.cc.address", /the pool of mb/],
  [
    "an overlapping pool",
    { pool: "192.168.10.26-192.168.10.30" },
    "vigil:site.hosts.cc.pool",
    /overlaps the pool of mb/,
  ],
  ["the VIP in its pool", { pool: "192.168.10.119-192.168.10.122" }, "vigil:site.vip", /the pool of cc/],
  ["the witness in its pool", { pool: "192.168.10.250-192.168.10.254" }, "vigil:site.witness", /the pool of cc/],
  ["a pool outside the subnet", { pool: "192.168.11.1-192.168.11.7" }, "vigil:site.hosts.cc.pool", /stay within/],
  ["an uplink that is the bridge", { uplink: "br0" }, "vigil:site.hosts.cc.uplink", /other than br0/],
  ["more workers than its pool", { workers: 7 }, "vigil:workers", /at most 6/],
  ["a link that nothing asks for", { linkMbps: 100 }, "vigil:site.hosts.cc.linkMbps", /survival\.inboundMbps/],
];

suite("refused before anything is written", () => {
  for (const [title, change, key, remedy] of cases) {
    test(title, async (t) => {
      const checkout = await copyOfShipped(t);
      const [problem, ...others] = await problemsOf(addHost(checkout, { ...cc, ...change }));
      assert.equal(problem?.key, key);
      assert.match(problem.remedy, remedy);
      assert.deepEqual(others, []);
      assert.deepEqual((await readdir(checkout)).toSorted(), files);
      for (const file of files) {
        assert.equal(await readFile(join(checkout, file), "utf8"), await readFile(join(shipped, file), "utf8"));
      }
    });
  }

  test("a stack file that says something else", async (t) => {
    const checkout = await copyOfShipped(t);
    await writeFile(join(checkout, "Pulumi.cc.yaml"), "config: {}\n");
    const [problem] = await problemsOf(addHost(checkout, cc));
    assert.equal(problem?.file, "Pulumi.cc.yaml");
    assert.equal(await readFile(join(checkout, "Pulumi.cc.yaml"), "utf8"), "config: {}\n");
    assert.equal((await readSite(checkout)).hosts.cc, undefined);
  });

  test("everything that is wrong, at once", async (t) => {
    const checkout = await copyOfShipped(t);
    const problems = await problemsOf(addHost(checkout, { ...cc, address: "192.168.10.120", pool: "ten" }));
    assert.deepEqual(problems.map(({ key }) => key).toSorted(), ["vigil:site.hosts.cc.pool", "vigil:site.vip"]);
  });
});

test("a site that states what has to be left learns what the new host promises and holds", async (t) => {
  const checkout = await copyOfShipped(t);
  const path = join(checkout, "Pulumi.yaml");
  const facts = "\n          workers: 2\n          room: {memoryMib: 1024, vcpus: 4, diskMib: 8192}";
  const text = (await readFile(path, "utf8")).replaceAll(/pool: .*/g, (pool) => `${pool}${facts}`);
  const worker = "{requestsPerSecond: 100, memoryMib: 200, vcpus: 1, diskMib: 512}";
  await writeFile(path, `${text}      survival: {requestsPerSecond: 200, worker: ${worker}}\n`);
  const [problem] = await problemsOf(addHost(checkout, cc));
  assert.equal(problem?.key, "vigil:site.hosts.cc.room");

  const room = { memoryMib: 800, vcpus: 4, diskMib: 4096 };
  await addHost(checkout, { ...cc, room });
  assert.deepEqual((await readSite(checkout)).hosts.cc, {
    address: cc.address,
    uplink: cc.uplink,
    pool: cc.pool,
    workers: 2,
    room,
  });
  const stack = await readFile(join(checkout, "Pulumi.cc.yaml"), "utf8");
  assert.match(stack, /^ {2}vigil:worker: \{ memoryMib: 200, vcpus: 1 \}$/m);
});

async function copyOfShipped(t: TestContext): Promise<string> {
  const checkout = await mkdtemp(join(tmpdir(), "vigil-checkout-"));
  t.after(() => rm(checkout, { recursive: true }));
  for (const file of files) await copyFile(join(shipped, file), join(checkout, file));
  return checkout;
}

async function problemsOf(refused: Promise<void>) {
  const error = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigError, String(error));
  return error.problems;
}
