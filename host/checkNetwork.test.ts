import assert from "node:assert/strict";
import { test } from "node:test";
import { networkProblem } from "./checkNetwork.ts";

const wanted = { address: "192.168.10.1", prefixLength: 24, uplink: "eno2" };
const bridge = { ifname: "br0", addr_info: [{ local: "192.168.10.1", prefixlen: 24 }] };
const uplink = { ifname: "eno2", master: "br0" };

test("a bridge with the host's address over its uplink is right", () => {
  assert.equal(networkProblem([bridge, uplink], wanted), undefined);
});

test("what is wrong is said in one sentence", () => {
  assert.equal(networkProblem([uplink], wanted), "this machine has no bridge br0.");
  assert.equal(
    networkProblem([{ ...bridge, addr_info: [] }, uplink], wanted),
    "br0 should have 192.168.10.1/24 and has no address.",
  );
  assert.equal(networkProblem([bridge], wanted), "this machine has no interface eno2.");
  assert.equal(networkProblem([bridge, { ifname: "eno2" }], wanted), "interface eno2 is not a port of br0.");
});
