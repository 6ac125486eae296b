import assert from "node:assert/strict";
import { test } from "node:test";
import { addressTrouble } from "./addressHolders.ts";

const [bk, mb, stranger] = ["52:54:00:a8:0a:10", "52:54:00:a8:0a:1a", "00:1b:21:00:00:01"];
const site = { host: "bk", others: { mb: 2 }, hasWitness: false, balancers: { [bk]: "bk/lb-1", [mb]: "mb/lb-1" } };

test("one balancer of the site has the address, and all else is trouble", () => {
  assert.equal(addressTrouble([bk], site), undefined);
  assert.equal(addressTrouble([], site), "nobody has the service's address");
  assert.equal(addressTrouble([bk, mb], site), "the service's address has 2 holders: bk/lb-1, mb/lb-1");
});

test("a device that the plan does not know is named, also if nobody else has the address", () => {
  for (const macs of [[stranger], [bk, stranger]]) {
    assert.match(addressTrouble(macs, site) ?? "", /foreign device: 00:1b:21:00:00:01 is no balancer of this site/);
  }
});

test("without the balancers' addresses nobody is a stranger", () => {
  const { balancers: _, ...unknown } = site;
  assert.equal(addressTrouble([stranger], unknown), undefined);
  assert.equal(addressTrouble([bk, stranger], unknown), `the service's address has 2 holders: ${bk}, ${stranger}`);
});
