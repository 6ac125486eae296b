import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../infra/config.ts";
import { exampleConfig } from "../../test/support/exampleConfig.ts";
import { peersPlanOf } from "./peersPlan.ts";

const bk = parseConfig(exampleConfig("bk"), "bk");
const mb = parseConfig(exampleConfig("mb"), "mb");

test("each host of a site meets the others, at their addresses", () => {
  const { address, peers } = peersPlanOf(bk);
  assert.equal(address, "192.168.10.1");
  assert.deepEqual(peers, { mb: "192.168.10.2" });
  assert.deepEqual(peersPlanOf(mb).peers, { bk: "192.168.10.1" });
});

test("a host that is alone has no peers", () => {
  const { bk: alone } = bk.site.hosts;
  assert.ok(alone);
  assert.deepEqual(peersPlanOf({ host: "bk", site: { ...bk.site, hosts: { bk: alone } } }).peers, {});
});

test("the same site facts are the same on every host, in any order, and others are others", () => {
  const { site } = peersPlanOf(bk);
  assert.equal(peersPlanOf(mb).site, site);
  const reversed = Object.fromEntries(Object.entries(bk.site.hosts).reverse());
  assert.equal(peersPlanOf({ host: "bk", site: { ...bk.site, hosts: reversed } }).site, site);
  assert.notEqual(peersPlanOf({ host: "bk", site: { ...bk.site, vip: "192.168.10.121" } }).site, site);
  const { bk: promising } = bk.site.hosts;
  assert.ok(promising);
  const hosts = { ...bk.site.hosts, bk: { ...promising, workers: 2 } };
  assert.notEqual(peersPlanOf({ host: "bk", site: { ...bk.site, hosts } }).site, site);
  assert.notEqual(peersPlanOf({ host: "bk", site: { ...bk.site, acceptLossOf: ["mb"] } }).site, site);
  const limited = [8, 9].map(
    (requestsAtOnce) => peersPlanOf({ host: "bk", site: { ...bk.site, requestsAtOnce } }).site,
  );
  assert.equal(new Set([...limited, site]).size, 3, "balancers that let through another number of requests differ");
});

test("a site that states no more than before has the digest that it had", () => {
  assert.equal(peersPlanOf(bk).site, "2bac64aba2f5");
});
