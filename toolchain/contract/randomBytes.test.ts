import assert from "node:assert/strict";
import { test } from "node:test";
import * as random from "@pulumi/random";
import { temporaryStack } from "./temporaryStack.ts";

const program = (length: number, keeper: string) => () => {
  const bytes = new random.RandomBytes("bytes", { length, keepers: { keeper } });
  return { base64: bytes.base64, hex: bytes.hex };
};

test("bytes are random, secret, of the wanted length, and the same in both notations", async () => {
  await using stack = await temporaryStack();
  const { outputs } = await stack.up(program(32, "a"));
  const bytes = Buffer.from(String(outputs.base64?.value), "base64");
  assert.equal(bytes.length, 32);
  assert.equal(outputs.hex?.value, bytes.toString("hex"));
  assert.deepEqual([outputs.base64?.secret, outputs.hex?.secret], [true, true]);
  const state = await stack.stateText();
  assert.ok(!state.includes(bytes.toString("hex")) && !state.includes(bytes.toString("base64")));
});

test("bytes stay while the inputs stay, also after a refresh, and are replaced when one changes", async () => {
  await using stack = await temporaryStack();
  const first = await stack.up(program(8, "a"));
  const refreshed = await stack.preview(program(8, "a"), { refresh: true });
  assert.deepEqual(refreshed.operations.bytes, ["refresh", "same"]);
  const second = await stack.up(program(8, "a"));
  assert.deepEqual(second.outputs, first.outputs);

  const third = await stack.up(program(8, "b"));
  assert.ok(third.operations.bytes?.includes("replace"));
  assert.notDeepEqual(third.outputs, first.outputs);
  const longer = await stack.preview(program(9, "b"));
  assert.ok(longer.operations.bytes?.includes("replace"));
});
