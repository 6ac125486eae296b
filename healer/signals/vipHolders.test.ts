import assert from "node:assert/strict";
import { test } from "node:test";
import { Heard } from "./heard.ts";
import { watchVipHolders } from "./vipHolders.ts";

const settings = { bridge: "br0", vip: "192.168.10.120" };

/** A program that says what arping would, with two holders at each question, and no first line. */
const twoHolders = `while :; do
  echo "Unicast reply from 192.168.10.120 [52:54:00:A8:0A:10]  0.610ms"
  echo "Unicast reply from 192.168.10.120 [52:54:00:A8:0A:1A]  1.120ms"
  sleep 1
done`;

test("who answers the same question is told together, and not before all can have answered", async (t) => {
  const heard = new Heard();
  const signal = watchVipHolders({ ...settings, log: heard.log, argv: ["sh", "-c", twoHolders] }, heard.emit);
  t.after(() => signal.close());
  await heard.until(() => heard.all("vipHolders").length >= 3, 15_000);
  for (const { macs } of heard.all("vipHolders")) assert.deepEqual(macs, ["52:54:00:a8:0a:10", "52:54:00:a8:0a:1a"]);
});

test("where nobody ever answered nobody has the address, though arping has not said a word", async (t) => {
  const heard = new Heard();
  const signal = watchVipHolders({ ...settings, log: heard.log, argv: ["sleep", "60"] }, heard.emit);
  t.after(() => signal.close());
  await heard.until(() => heard.all("vipHolders").length > 0, 15_000);
  assert.deepEqual(heard.all("vipHolders")[0]?.macs, []);
});

test("that nobody asks is told, with why, and no holders with it", async (t) => {
  const heard = new Heard();
  const argv = ["sh", "-c", "echo 'arping: Device br0 not available.' >&2; exit 2"] as const;
  const signal = watchVipHolders({ ...settings, log: heard.log, argv }, heard.emit);
  t.after(() => signal.close());
  await heard.until(() => heard.all("vipUnasked").length > 0, 15_000);
  assert.equal(heard.all("vipUnasked")[0]?.reason, "arping does not run: arping: Device br0 not available.");
  assert.equal(heard.all("vipHolders").length, 0);
});
