import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { standsBack, tellKeepalived } from "./tellKeepalived.ts";

const dir = await mkdtemp(join(tmpdir(), "vigil-mute-"));
after(() => rm(dir, { recursive: true }));

test("keepalived is told to stand back and to take part again, and the next agent reads what it was told", async () => {
  const path = join(dir, "mute");
  assert.equal(standsBack(path), false);
  for (const said of [true, false]) {
    tellKeepalived(path, said);
    assert.equal(await readFile(path, "utf8"), said ? "1\n" : "0\n");
    assert.equal(standsBack(path), said);
  }
});

test("an agent that cannot write lives on", () => {
  tellKeepalived(join(dir, "no/such/folder"), true);
});
