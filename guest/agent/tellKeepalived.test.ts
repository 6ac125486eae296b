import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { tellKeepalived } from "./tellKeepalived.ts";

const dir = await mkdtemp(join(tmpdir(), "vigil-mute-"));
after(() => rm(dir, { recursive: true }));

test("keepalived is told when nginx stops answering, and when it answers again", async () => {
  const path = join(dir, "mute");
  const said: string[] = [];
  for (const verdict of ["soft", "hard", "up"] as const) {
    tellKeepalived(path, verdict);
    said.push(await readFile(path, "utf8"));
  }
  assert.deepEqual(said, ["1\n", "1\n", "0\n"]);
});

test("what was not judged yet changes nothing", async () => {
  const path = join(dir, "untouched");
  tellKeepalived(path, "absent");
  await assert.rejects(readFile(path), { code: "ENOENT" });
});
