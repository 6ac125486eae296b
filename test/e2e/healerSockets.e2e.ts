/** The whole healer, as `vigil healer run` starts it on a host where nothing else is, listens on what it needs. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { apiPort } from "../../healer/api/apiAddress.ts";
import { peerPort } from "../../healer/peers/peerAddress.ts";
import { run } from "../../host/run.ts";
import { testOutputs } from "../support/apiFixture.ts";

const aloneHost = join(import.meta.dirname, "..", "support", "aloneHost.ts");
const ownNamespaces = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];

test("a healer listens for persons on loopback, for peers on its host's address, and on nothing else", {
  timeout: 180_000,
}, async () => {
  const { address } = testOutputs.applied.config.site.hosts.bk ?? { address: "" };
  const printed = await run([...ownNamespaces, process.execPath, aloneHost], { timeoutMs: 170_000 });
  assert.deepEqual(JSON.parse(printed), [
    `tcp ${hexOf("127.0.0.1", apiPort)}`,
    `tcp ${hexOf(address, peerPort)}`,
    // Nobody is answered there: it is the name by which a second healer finds that there is one.
    "unix @vigil-healer",
  ]);
});

/** As /proc/net/tcp has it: the address from its last byte on, and the port. */
function hexOf(address: string, port: number): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return `${bytes.reverse().join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}
