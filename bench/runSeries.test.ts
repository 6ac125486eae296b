import assert from "node:assert/strict";
import { test } from "node:test";
import { faultCases, hostCases, methodCases, stressCases, wishCases } from "./cases/allCases.ts";
import { announce, runSeries } from "./runSeries.ts";
import { seriesIn } from "./series.ts";

test("the series measures every case, and says before how long it takes", () => {
  const parts = seriesIn("bench");
  for (const { name } of [...faultCases, ...hostCases, ...stressCases, ...wishCases, ...methodCases])
    assert.ok(
      parts.some(({ argv }) => argv.includes(name)),
      name,
    );
  assert.equal(
    announce([
      { name: "one", argv: [], minutes: 50 },
      { name: "other", argv: [], minutes: 25 },
    ]),
    "2 parts, about 1 h 15 min with emulated guests on two cores, less with KVM.",
  );
  assert.equal(new Set(parts.map(({ name }) => name)).size, parts.length, "two parts of one name");
});

test("a part that fails does not end the series, and is not forgotten", async () => {
  const part = (name: string, code: number) => {
    return { name, argv: [process.execPath, "-e", `process.exit(${code})`], minutes: 1 };
  };
  assert.equal(await runSeries([part("bad", 9), part("good", 0)]), false);
  assert.equal(await runSeries([part("good", 0)]), true);
});
