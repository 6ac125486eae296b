import assert from "node:assert/strict";
import { test } from "node:test";
import { holderIn } from "./vipHolders.ts";

test("the holder is read from arping's answers alone", () => {
  const line = "Unicast reply from 192.168.10.120 [52:54:00:A8:0A:1A]  5.011ms";
  assert.equal(holderIn(line), "52:54:00:a8:0a:1a");
  const others = [
    "ARPING 192.168.10.120 from 192.168.10.1 br0",
    "Sent 3 probes (3 broadcast(s))",
    "Received 3 response(s)",
    "",
  ];
  for (const other of others) assert.equal(holderIn(other), undefined, other);
});
