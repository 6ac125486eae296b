import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../infra/config.ts";
import { defaultDesired } from "../infra/desired.ts";
import { planStack } from "../infra/plan.ts";
import { exampleConfig, exampleImage } from "../test/support/exampleConfig.ts";

interface Declared {
  readonly type: string;
  readonly name: string;
  readonly parent: string | undefined;
  readonly opts: pulumi.CustomResourceOptions;
}

const seedDir = mkdtempSync(join(tmpdir(), "vigil-seeds-"));
const declared: Declared[] = [];
const inputs = new Map<string, Record<string, unknown>>();

before(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        inputs.set(`${args.type} ${args.name}`, args.inputs);
        const state = args.type.startsWith("random:") ? { base64: Buffer.alloc(32, args.name).toString("base64") } : {};
        return { id: `${args.name}-id`, state: { ...args.inputs, ...state } };
      },
      call: (args) => args.inputs,
    },
    "vigil",
    "bk",
  );
  const { createHostStack } = await import("./hostStack.ts");
  const plan = planStack(parseConfig(exampleConfig("bk"), "bk"), defaultDesired);
  const folders = { imageDir: "/images", poolDir: "/pool", seedDir };
  await pulumi.runtime.runInPulumiStack(async () => {
    // The newer transforms are not served by the SDK's mocks.
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      declared.push({ type, name, parent: nameOf(opts.parent), opts });
      return undefined;
    });
    return { keys: createHostStack(plan, "qemu:///system", folders).hostPublicKeys };
  });
  await pulumi.runtime.disconnect();
});

after(() => rmSync(seedDir, { recursive: true }));

test("a stack declares its network, its image, one balancer with its address share, and its workers", () => {
  assert.deepEqual(
    declared
      .filter(({ type }) => type.startsWith("vigil:"))
      .map(({ type, name, parent }) => `${type.split(":")[2]} ${name}${parent === undefined ? "" : ` in ${parent}`}`),
    [
      "BridgeNetwork vigil",
      "GoldenImage vigil",
      "LoadBalancer lb-1",
      "AlpineVm lb-1 in lb-1",
      "VirtualAddress lb-1-vip",
      "WorkerNode web-1",
      "AlpineVm web-1 in web-1",
      "WorkerNode web-2",
      "AlpineVm web-2 in web-2",
    ],
  );
});

test("what a guest is told to run is short, however large the site: the files come as its input", () => {
  const commands = [...inputs].filter(([key]) => key.startsWith("command:remote:Command "));
  assert.ok(commands.length >= 3);
  for (const [key, { create }] of commands) assert.ok(String(create).length < 100, key);
  const nginx = commands.find(([key]) => key.endsWith("lb-1-nginx"))?.[1];
  assert.match(String(nginx?.stdin), /^\{\nset -eu\n.*stage \/etc\/nginx\/nginx\.conf .*\n\}\n$/s);
});

test("a worker is a key, a disk, a seed, a domain and a verification, each under its component", () => {
  assert.deepEqual(
    declared
      .filter(({ type, name }) => !type.startsWith("vigil:") && name.startsWith("web-1"))
      .map(({ type, name, parent }) => `${type} ${name} in ${parent}`),
    [
      "random:index/randomBytes:RandomBytes web-1-host-key in web-1",
      "libvirt:index/volume:Volume web-1-disk in web-1",
      "libvirt:index/volume:Volume web-1-seed in web-1",
      "libvirt:index/domain:Domain web-1 in web-1",
      "command:local:Command web-1-verified in web-1",
    ],
  );
});

test("every resource has a parent but the components themselves and the stack's own login key", () => {
  const orphans = declared.filter(({ parent, type }) => parent === undefined && !type.startsWith("vigil:"));
  assert.deepEqual(
    orphans.map(({ name }) => name),
    ["login-key"],
  );
});

test("what keeps its name over a replacement is deleted before it is replaced", () => {
  const fixedNames = declared.filter(({ type }) => /:(Domain|Volume)$/.test(type));
  assert.equal(fixedNames.length, 3 * 3 + 1);
  for (const { name, opts } of fixedNames) assert.equal(opts.deleteBeforeReplace, true, name);
});

test("a domain has the planned MAC, boots the planned image and takes its UUID through the stylesheet", () => {
  const domain = inputs.get("libvirt:index/domain:Domain web-2");
  assert.deepEqual(domain?.networkInterfaces, [{ bridge: "br0", mac: "52:54:00:a8:0a:0b" }]);
  assert.equal(domain?.kernel, `/images/${exampleImage}.vmlinux`);
  assert.equal(domain?.type, "qemu");
  assert.match(JSON.stringify(domain?.xml), /<uuid>[0-9a-f-]{36}<\/uuid>/);
});

test("no balancer takes an input from a worker", () => {
  const text = JSON.stringify(inputs.get("command:remote:Command lb-1-nginx"));
  assert.doesNotMatch(text, /web-1-id/);
});

function nameOf(parent: pulumi.Resource | undefined): string | undefined {
  return (parent as unknown as { __name?: string } | undefined)?.__name;
}
