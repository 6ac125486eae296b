import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Journal } from "../journal/journal.ts";
import { openChronicle } from "./chronicle.ts";
import { incidentsOf } from "./history.ts";

test("history is read over files that were put aside, and goes on with what is written", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-chronicle-"));
  try {
    const { journal } = await Journal.open({ path: join(dir, "journal.jsonl"), maxBytes: 400, keep: 9 });
    const crash = async (slot: string) => {
      await journal.append({
        kind: "status",
        slot,
        status: "red",
        cause: "machineCrashed",
        sentence: `${slot} crashed`,
      });
      await journal.append({ kind: "status", slot, status: "green", sentence: "it beats and serves" });
    };
    for (const slot of ["web-1", "web-2", "web-3"]) await crash(slot);
    assert.ok((await readdir(dir)).length > 1, "no file was put aside");
    let told = 0;
    const chronicle = await openChronicle(journal, () => {
      told += 1;
    });
    await crash("web-4");
    const slots = () => incidentsOf(chronicle.history).map(({ slot }) => slot);
    assert.deepEqual(slots(), ["web-4", "web-3", "web-2", "web-1"]);
    assert.equal(told, 2, "only what is new is told");
    chronicle.close();
    await crash("web-5");
    assert.equal(slots().length, 4);
    await journal.close();
  } finally {
    await rm(dir, { recursive: true });
  }
});
