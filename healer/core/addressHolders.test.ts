import assert from "node:assert/strict";
import { test } from "node:test";
import { addressTroubles } from "./addressHolders.ts";
import { limits, Scene } from "./scene.ts";

const [bk, mb, stranger] = ["52:54:00:a8:0a:10", "52:54:00:a8:0a:1a", "00:1b:21:00:00:01"];
const site = { host: "bk", others: { mb: 2 }, hasWitness: false, balancers: { [bk]: "bk/lb-1", [mb]: "mb/lb-1" } };

const foreign =
  "the service's address is taken by a foreign device: 00:1b:21:00:00:01 is no balancer of this site, and nothing here is fenced for it";

test("one balancer of the site has the address, and all else is trouble", () => {
  assert.deepEqual(addressTroubles([bk], site), {});
  assert.deepEqual(addressTroubles([], site), { vipNone: "nobody has the service's address" });
  const vipMany = "the service's address has 2 holders: bk/lb-1, mb/lb-1";
  assert.deepEqual(addressTroubles([bk, mb], site), { vipMany });
  assert.deepEqual(addressTroubles([bk, mb, stranger], site), { vipForeign: foreign, vipMany });
});

test("a device that the plan does not know is named, also if nobody else has the address", () => {
  for (const macs of [[stranger], [bk, stranger]]) {
    assert.deepEqual(addressTroubles(macs, site), { vipForeign: foreign });
  }
});

test("without the balancers' addresses nobody is a stranger", () => {
  const { balancers: _, ...unknown } = site;
  assert.deepEqual(addressTroubles([stranger], unknown), {});
  const vipMany = `the service's address has 2 holders: ${bk}, ${stranger}`;
  assert.deepEqual(addressTroubles([bk, stranger], unknown), { vipMany });
});

test("each trouble with the address is told by itself, after its own time, and ends by itself", () => {
  const scene = new Scene(site);
  const see = (macs: readonly string[], ms: number) => {
    for (const endMs = scene.nowMs + ms; scene.nowMs < endMs; ) {
      scene.send({ kind: "vipHolders", macs });
      scene.pass(500);
    }
    return Object.keys(scene.state.pages);
  };
  assert.deepEqual(see([], limits.vipGraceMs + 1_000), ["vipNone"]);
  assert.deepEqual(see([stranger], limits.vipGraceMs), [], "another trouble has its own time");
  assert.deepEqual(see([stranger], 1_000), ["vipForeign"]);
  assert.deepEqual(see([bk, mb, stranger], limits.vipGraceMs + 1_000), ["vipForeign", "vipMany"]);
  assert.deepEqual(see([bk, mb], 500), ["vipMany"]);
  assert.deepEqual(see([bk], 500), []);
  const paged = scene.actions.flatMap((action) => (action.kind === "page" ? [action.topic] : []));
  assert.deepEqual(paged, ["vipNone", "vipForeign", "vipMany"]);
});
