import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeFactsSchema, slotId } from "./nodeFacts.ts";
import { parseStrictText } from "./strictFile.ts";

const facts = {
  version: 1,
  site: "demo",
  host: "bk",
  slot: "web-1",
  role: "worker",
  address: "192.168.10.10",
  servicePort: 8080,
  heartbeatPort: 8081,
};

test("the facts of a machine give its id in the site", () => {
  assert.equal(slotId(parseStrictText("node.json", JSON.stringify(facts), nodeFactsSchema)), "bk/web-1");
});

const faulty: readonly [change: object, fault: RegExp][] = [
  [{ version: 2 }, /node\.json is not as agreed: version: invalid_value/],
  [{ role: "boss" }, /role: invalid_value .*worker.*balancer/],
  [{ address: "192.168.10" }, /address: invalid_format/],
  [{ heartbeatPort: 0 }, /heartbeatPort: too_small/],
  [{ extra: true }, /\(top\): unrecognized_keys .*extra/],
];

for (const [change, fault] of faulty) {
  test(`refuses ${JSON.stringify(change)}`, () => {
    assert.throws(() => parseStrictText("node.json", JSON.stringify({ ...facts, ...change }), nodeFactsSchema), fault);
  });
}

test("a file that is no JSON is named", () => {
  assert.throws(() => parseStrictText("node.json", "{", nodeFactsSchema), /node\.json is not JSON/);
});
