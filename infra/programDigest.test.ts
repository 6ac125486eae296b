import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { programDigest } from "./programDigest.ts";

let root: string;

before(() => {
  root = mkdtempSync(join(tmpdir(), "vigil-digest-"));
  for (const folder of ["components/balancers", "infra", "stacks"])
    mkdirSync(join(root, "release", folder), { recursive: true });
  write("package-lock.json", "{}");
  write("infra/plan.ts", "plan");
  write("components/balancers/nginx.ts", "nginx");
});

after(() => rmSync(root, { recursive: true }));

test("the digest is of the content, not of the place", () => {
  cpSync(join(root, "release"), join(root, "copy"), { recursive: true });
  assert.match(digest(), /^[0-9a-f]{64}$/);
  assert.equal(programDigest(join(root, "copy")), digest());
});

test("what a process has loaded stays what it has loaded, however the sources change", async () => {
  const infra = join(root, "running/infra");
  cpSync(join(root, "release"), join(root, "running"), { recursive: true });
  cpSync(join(import.meta.dirname, "programDigest.ts"), join(infra, "programDigest.ts"));
  const running = await import(join(infra, "programDigest.ts"));
  assert.equal(running.loadedDigest, running.programDigest());
  writeFileSync(join(infra, "plan.ts"), "another release");
  assert.notEqual(running.loadedDigest, running.programDigest());
});

test("a change of any source, name or locked package shows; a test does not", () => {
  const seen = [digest()];
  for (const [path, content] of [
    ["components/balancers/nginx.ts", "nginx 2"],
    ["stacks/vm.xsl", "a template is a source too"],
    ["package-lock.json", '{"lockfileVersion":3}'],
  ] as const) {
    write(path, content);
    seen.push(digest());
  }
  assert.equal(new Set(seen).size, 4);
  write("infra/plan.test.ts", "test");
  assert.equal(digest(), seen.at(-1));
});

test("a checkout without its lock file has no digest", () => {
  rmSync(join(root, "release", "package-lock.json"));
  assert.throws(digest, /package-lock\.json/);
});

function digest(): string {
  return programDigest(join(root, "release"));
}

function write(path: string, content: string): void {
  writeFileSync(join(root, "release", path), content);
}
