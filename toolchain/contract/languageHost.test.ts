/** What `pulumi preview` typed by hand relies on, whichever language host is installed. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { environment } from "./temporaryStack.ts";

const folder = mkdtempSync(join(tmpdir(), "vigil-program-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The project is laid out as the product is: an entry in a subfolder, TypeScript run by Node itself. */
mkdirSync(join(folder, "program"));
symlinkSync(resolve(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
writeFileSync(
  join(folder, "Pulumi.yaml"),
  "name: contract\nruntime: { name: nodejs, options: { typescript: false } }\nmain: program/index.ts\n",
);
writeFileSync(join(folder, "Pulumi.dev.yaml"), 'config: { "contract:word": plain, "contract:list": [1, 2] }\n');

function pulumi(args: readonly string[], cwd = folder): { status: number | null; text: string } {
  const env = { ...process.env, ...environment(folder) };
  const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive"], {
    cwd,
    env,
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
}

function writeProgram(text: string): void {
  writeFileSync(join(folder, "program", "index.ts"), `import * as pulumi from "@pulumi/pulumi";\n${text}\n`);
}

test("a program runs from any folder of its project, reads its configuration and exports its outputs", () => {
  writeProgram(`
    const config = new pulumi.Config();
    export const word: string = config.require("word");
    export const list: readonly number[] = config.requireObject("list");
    export const hidden = pulumi.secret("hidden");
  `);
  assert.equal(pulumi(["stack", "init", "dev"]).status, 0);
  const up = pulumi(["up", "--yes", "--stack", "dev"], join(folder, "program"));
  assert.equal(up.status, 0, up.text);
  const outputs: unknown = JSON.parse(pulumi(["stack", "output", "--json", "--stack", "dev"]).text);
  assert.deepEqual(outputs, { word: "plain", list: [1, 2], hidden: "[secret]" });
  const again = pulumi(["preview", "--expect-no-changes", "--stack", "dev"]);
  assert.equal(again.status, 0, again.text);
});

test("an error meant for people is shown once, without a stack", () => {
  writeProgram('throw new pulumi.RunError("the pool is too small");');
  const { status, text } = pulumi(["preview", "--stack", "dev"]);
  assert.notEqual(status, 0);
  const diagnostics = text.slice(text.indexOf("Diagnostics:"));
  assert.equal(diagnostics.match(/the pool is too small/g)?.length, 1, text);
  assert.doesNotMatch(text, /index\.ts:\d/);
});

test("any other error is shown with the place that it came from", () => {
  writeProgram("const none: { name?: { first: string } } = {};\nexport const name = none.name!.first;");
  const { status, text } = pulumi(["preview", "--stack", "dev"]);
  assert.notEqual(status, 0);
  assert.match(text, /TypeError[\s\S]*program\/index\.ts:\d/);
});

test("a rejected promise that nobody awaits fails the run", () => {
  writeProgram('void Promise.reject(new Error("forgotten"));');
  const { status, text } = pulumi(["preview", "--stack", "dev"]);
  assert.notEqual(status, 0);
  assert.match(text, /forgotten/);
});

test("@pulumi/libvirt reaches the libvirt provider through the bridge", () => {
  // No libvirtd listens there: the provider's own complaint shows that SDK, bridge and provider fit together.
  writeProgram(`
    import * as libvirt from "@pulumi/libvirt";
    const provider = new libvirt.Provider("nowhere", { uri: "qemu+unix:///system?socket=/nonexistent" });
    new libvirt.Volume("disk", { pool: "default", size: 1024 }, { provider });
  `);
  const { status, text } = pulumi(["preview", "--stack", "dev"]);
  assert.notEqual(status, 0);
  assert.match(text, /\/nonexistent/);
});
