import assert from "node:assert/strict";
import { test } from "node:test";
import { DomainPoll } from "./domainPoll.ts";
import { watchDomains } from "./domains.ts";
import { Heard } from "./heard.ts";

const targets = [
  { slot: "test", mac: "52:54:00:00:00:01", diskPath: import.meta.filename },
  { slot: "web-9", mac: "52:54:00:00:00:02", diskPath: "/nonexistent/web-9-disk.qcow2" },
];

test("all planned domains are told, whether libvirt knows them or not", async (t) => {
  const heard = new Heard();
  const uri = "test:///default";
  const signal = watchDomains({ uri, targets, bridge: "br0", intervalMs: 50, log: heard.log }, heard.emit);
  t.after(() => signal.close());
  await heard.until(() => heard.all("domains").length > 2);
  assert.deepEqual(heard.all("domains")[0]?.domains, {
    test: { state: "running", reason: "unknown", id: 1, diskThere: true },
    "web-9": { state: "absent", reason: "", diskThere: false },
  });
});

test("a libvirt that does not answer is told as silent, and no domain as absent", async (t) => {
  const heard = new Heard();
  const uri = "qemu+unix:///system?socket=/nonexistent/socket";
  const signal = watchDomains({ uri, targets, bridge: "br0", intervalMs: 50, log: heard.log }, heard.emit);
  t.after(() => signal.close());
  await heard.until(() => heard.all("hypervisorSilent").length > 1);
  assert.match(heard.all("hypervisorSilent")[0]?.reason ?? "", /failed to connect/);
  assert.deepEqual(heard.all("domains"), []);
});

test("an answer that was overtaken by news of a domain is not told of that domain", async (t) => {
  const heard = new Heard();
  const poll = new DomainPoll({ uri: "test:///default", targets, bridge: "br0", intervalMs: 50 }, heard.emit);
  t.after(() => poll.close());
  // In every turn of the event loop, of which each answer takes several.
  let flood: NodeJS.Immediate | undefined;
  const pour = () => {
    poll.askAgain(["test"]);
    flood = setImmediate(pour);
  };
  pour();
  t.after(() => clearImmediate(flood));
  await heard.until(() => heard.all("domains").length > 2);
  for (const { domains } of heard.all("domains")) assert.deepEqual(Object.keys(domains), ["web-9"]);
  clearImmediate(flood);
  await heard.until(() => heard.all("domains").at(-1)?.domains.test !== undefined);
});
