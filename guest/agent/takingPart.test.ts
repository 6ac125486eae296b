import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TakingPart } from "./takingPart.ts";

async function muteFile(context: { after(remove: () => Promise<void>): void }, text?: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "vigil-taking-part-"));
  context.after(() => rm(dir, { recursive: true }));
  const path = join(dir, "mute");
  if (text !== undefined) await writeFile(path, text);
  return path;
}

test("a balancer that has booted stands back until its pool is known, however well its nginx is", async (context) => {
  const path = await muteFile(context, "1\n");
  const part = new TakingPart(path);
  part.serviceIs("up");
  assert.equal(await readFile(path, "utf8"), "1\n");
  part.begin();
  assert.equal(await readFile(path, "utf8"), "0\n");
});

test("a known pool is not enough: nginx has to answer as well", async (context) => {
  const path = await muteFile(context, "1\n");
  const part = new TakingPart(path);
  part.begin();
  assert.equal(await readFile(path, "utf8"), "1\n");
  part.serviceIs("up");
  assert.equal(await readFile(path, "utf8"), "0\n");
  part.serviceIs("hard");
  assert.equal(await readFile(path, "utf8"), "1\n");
});

test("a balancer that finds no worker takes part after a while", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const path = await muteFile(context, "1\n");
  const part = new TakingPart(path);
  part.serviceIs("up");
  part.settingsAreThere();
  context.mock.timers.tick(9_000);
  part.settingsAreThere();
  assert.equal(await readFile(path, "utf8"), "1\n");
  context.mock.timers.tick(1_000);
  assert.equal(await readFile(path, "utf8"), "0\n");
});

test("an agent that starts anew takes nothing from a balancer that takes part", async (context) => {
  const path = await muteFile(context, "0\n");
  const part = new TakingPart(path);
  part.serviceIs("absent");
  assert.equal(await readFile(path, "utf8"), "0\n");
  part.serviceIs("up");
  assert.equal(await readFile(path, "utf8"), "0\n");
});

test("a balancer that cannot read where its workers are never takes part", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const path = await muteFile(context, "1\n");
  const part = new TakingPart(path);
  part.serviceIs("up");
  context.mock.timers.tick(60_000);
  assert.equal(await readFile(path, "utf8"), "1\n");
});
