import assert from "node:assert/strict";
import { test } from "node:test";
import pino from "pino";
import { Heard } from "./heard.ts";
import { watchWitness } from "./witness.ts";

test("a witness is heard if it answers; who could not ask has not heard it", async (t) => {
  const heard = new Heard();
  const answers = [true, false, undefined];
  const log = pino({ enabled: false });
  const ask = async () => answers.shift() ?? false;
  const signal = watchWitness({ address: "192.168.10.254", intervalMs: 5, log, ask }, heard.emit);
  t.after(() => signal.close());
  await heard.until(() => heard.all("witness").length >= 3);
  assert.deepEqual(
    heard
      .all("witness")
      .slice(0, 3)
      .map(({ answered }) => answered),
    [true, false, false],
  );
});
