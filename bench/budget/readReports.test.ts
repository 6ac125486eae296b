import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hostFacts } from "../machineFacts.ts";
import { reportOf, writeJson } from "../report.ts";
import { readReports } from "./readReports.ts";

test("what a measurement writes is read again, with what never came back; what it does not write is refused", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-results-"));
  try {
    const runs = [{ pair: "vigil", index: 0, figures: { outageMs: Number.POSITIVE_INFINITY, failed: 3 } }];
    await writeJson(join(dir, "loss.json"), reportOf("loss", new Date(), await hostFacts(), runs, [], { users: 5 }));
    const report = (await readReports(dir)).get("loss");
    assert.deepEqual(report?.runs, runs);
    assert.equal(report?.summaries.vigil?.outageMs?.max, Number.POSITIVE_INFINITY);
    assert.ok((report?.machine.work?.beforeMs ?? 0) > 0);
    await writeFile(join(dir, "odd.json"), '{"case":1}');
    await assert.rejects(readReports(dir), /odd\.json: case: .*Measure it anew\.$/);
  } finally {
    await rm(dir, { recursive: true });
  }
});
