import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { parse } from "yaml";
import { exampleConfig } from "../test/support/exampleConfig.ts";
import { parseConfig } from "./config.ts";
import { planStack, type SlotPlan } from "./plan.ts";
import { renderSeed, type SeedFiles, writeSeedImage } from "./seed.ts";
import { sshKeyFromSeed } from "./sshKey.ts";

const plan = planStack(parseConfig(exampleConfig(), "bk"), { version: 1 });
const [balancer, worker] = plan.slots as [SlotPlan, SlotPlan];
const keys = {
  login: sshKeyFromSeed(Buffer.alloc(32, 1), "vigil-bk"),
  host: sshKeyFromSeed(Buffer.alloc(32, 2), "bk-web-1"),
};

test("the seed of a worker, as the guest's first-boot script reads it", () => {
  const seed = renderSeed(worker, plan.site, {
    login: { publicKey: "ssh-ed25519 LOGIN vigil-bk" },
    host: {
      publicKey: "ssh-ed25519 HOST bk-web-1",
      privateKeyOpenssh: "first line of the key\nlast line of the key\n",
    },
  });
  assert.equal(seed["meta-data"], "instance-id: bk-web-1-b5fa7ce753173cc1\nlocal-hostname: bk-web-1\n");
  assert.equal(
    seed["network-config"],
    `version: 1
config:
  - type: physical
    name: eth0
    mac_address: "52:54:00:a8:0a:0a"
    subnets:
      - type: static
        address: 192.168.10.10
        netmask: 255.255.255.0
        gateway: 192.168.10.1
`,
  );
  assert.equal(
    seed["user-data"],
    `#cloud-config
ssh_authorized_keys:
  - ssh-ed25519 LOGIN vigil-bk
ssh_keys:
  ed25519_private: |
    first line of the key
    last line of the key
  ed25519_public: ssh-ed25519 HOST bk-web-1
write_files:
  - path: /etc/vigil/role
    permissions: "0644"
    encoding: b64
    content: d29ya2VyCg==
  - path: /etc/vigil/node.json
    permissions: "0644"
    encoding: b64
    content: eyJ2ZXJzaW9uIjoxLCJzaXRlIjoiZGVtbyIsImhvc3QiOiJiayIsInNsb3QiOiJ3ZWItMSIsInJvbGUiOiJ3b3JrZXIiLCJhZGRyZXNzIjoiMTkyLjE2OC4xMC4xMCIsInNlcnZpY2VQb3J0Ijo4MDgwLCJoZWFydGJlYXRQb3J0Ijo4MDgxfQo=
`,
  );
});

test("the seed is YAML, and the node file inside it says who the guest is", () => {
  const seed = renderSeed(balancer, plan.site, keys);
  const userData = parse(seed["user-data"]);
  assert.deepEqual(userData.ssh_authorized_keys, [keys.login.publicKey]);
  assert.deepEqual(userData.ssh_keys, {
    ed25519_private: keys.host.privateKeyOpenssh,
    ed25519_public: keys.host.publicKey,
  });
  const [role, node] = userData.write_files.map(({ content }: { content: string }) =>
    Buffer.from(content, "base64").toString(),
  );
  assert.equal(role, "balancer\n");
  assert.deepEqual(JSON.parse(node), {
    version: 1,
    site: "demo",
    host: "bk",
    slot: "lb-1",
    role: "balancer",
    address: "192.168.10.16",
    servicePort: 80,
    heartbeatPort: 8080,
  });
});

test("the private half of the login key does not enter the guest", () => {
  const text = Object.values(renderSeed(worker, plan.site, keys)).join("");
  const secretLine = keys.login.privateKeyOpenssh.split("\n")[3] ?? "";
  assert.ok(secretLine.length > 60);
  assert.ok(!text.includes(secretLine));
});

test("the instance-id changes with the content, so that a guest applies a changed seed", () => {
  const idOf = (seed: SeedFiles) => parse(seed["meta-data"])["instance-id"];
  const id = idOf(renderSeed(worker, plan.site, keys));
  assert.equal(idOf(renderSeed(worker, plan.site, keys)), id);
  const changed = [
    renderSeed({ ...worker, gateway: "192.168.10.3" }, plan.site, keys),
    renderSeed(worker, { name: "other" }, keys),
    renderSeed(worker, plan.site, { ...keys, host: keys.login }),
  ];
  assert.equal(new Set([id, ...changed.map(idOf)]).size, 4);
});

suite("the seed image", () => {
  const seed = renderSeed(worker, plan.site, keys);
  let dir: string;

  before(async () => {
    dir = join(await mkdtemp(join(tmpdir(), "vigil-seed-")), "seeds");
  });

  after(() => rm(join(dir, ".."), { recursive: true }));

  test("is named by its content, made once, and readable by its owner alone", async () => {
    const paths = await Promise.all([writeSeedImage(dir, seed), writeSeedImage(dir, seed)]);
    const [path] = paths;
    assert.equal(paths[1], path);
    const { mtimeNs } = await stat(path, { bigint: true });
    assert.equal(await writeSeedImage(dir, seed), path);
    const after = await stat(path, { bigint: true });
    assert.deepEqual([after.mtimeNs, after.mode & 0o777n], [mtimeNs, 0o600n]);
    assert.equal((await stat(dir)).mode & 0o777, 0o700);
    assert.match(basename(path), /^[0-9a-f]{64}\.img$/);
    assert.deepEqual(await readdir(dir), [basename(path)]);
  });

  test("is a FAT volume named CIDATA that holds the three files", async () => {
    const path = await writeSeedImage(dir, seed);
    assert.match(execFileSync("mlabel", ["-s", "-i", path, "::"], { encoding: "utf8" }), /CIDATA/);
    for (const [name, content] of Object.entries(seed)) {
      assert.equal(execFileSync("mtype", ["-i", path, `::${name}`], { encoding: "utf8" }), content);
    }
  });

  test("of another content has another name", async () => {
    const other = await writeSeedImage(dir, renderSeed(balancer, plan.site, keys));
    assert.notEqual(other, await writeSeedImage(dir, seed));
  });

  test("that cannot be made leaves nothing, and says what is missing", async () => {
    const { PATH } = process.env;
    process.env.PATH = "/nonexistent";
    try {
      await assert.rejects(writeSeedImage(join(dir, "other"), seed), /mkfs.vfat is not installed/);
    } finally {
      process.env.PATH = PATH;
    }
    assert.deepEqual(await readdir(join(dir, "other")), []);
  });
});
