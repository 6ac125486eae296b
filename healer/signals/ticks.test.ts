import assert from "node:assert/strict";
import { test } from "node:test";
import { Heard } from "./heard.ts";
import { startTicks } from "./ticks.ts";

test("a pause of the process shows as the lag of the tick after it, once", async (t) => {
  const heard = new Heard();
  const signal = startTicks({ intervalMs: 20 }, heard.emit);
  t.after(() => signal.close());
  await heard.until(() => heard.events.length >= 2);
  const untilMs = performance.now() + 300;
  while (performance.now() < untilMs) {}
  const before = heard.events.length;
  await heard.until(() => heard.events.length >= before + 3);
  const lags = heard.all("tick").map(({ lagMs }) => lagMs);
  assert.ok((lags[before] ?? 0) > 200, `lags were ${lags.join(", ")}`);
  assert.ok((lags[before + 2] ?? 0) < 200, `lags were ${lags.join(", ")}`);
});
