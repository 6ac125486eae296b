import assert from "node:assert/strict";
import { test } from "node:test";
import { VirshShell } from "./virshShell.ts";

test("one virsh answers question after question, and a failure is not the next one's", async (t) => {
  const shell = new VirshShell("test:///default");
  t.after(() => shell.close());
  assert.match(await shell.ask(["list --all"], 5_000), /^ 1 {3}test {3}running$/m);
  await assert.rejects(shell.ask(["no-such-command", "list --all"], 5_000), /unknown command: 'no-such-command'/);
  assert.match(await shell.ask(["list --all"], 5_000), /^ 1 {3}test {3}running$/m);
});

test("a host without libvirt is silent, and never a host without domains", async (t) => {
  const shell = new VirshShell("qemu+unix:///system?socket=/nonexistent/socket");
  t.after(() => shell.close());
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await assert.rejects(shell.ask(["domstats --state"], 5_000), /failed to connect to the hypervisor: .*No such file/);
  }
});

test("a question that takes too long is given up, and the next one is answered", async (t) => {
  const shell = new VirshShell("test:///default");
  t.after(() => shell.close());
  await shell.ask(["list"], 5_000);
  await assert.rejects(shell.ask(["event --loop --all"], 200), /did not answer within 200 ms/);
  assert.match(await shell.ask(["list --all"], 5_000), /test/);
});

test("the close ends an open question", async () => {
  const shell = new VirshShell("test:///default");
  await Promise.all([assert.rejects(shell.ask(["event --loop --all"], 60_000), /closed/), shell.close()]);
  await assert.rejects(shell.ask(["list"], 1_000), /closed/);
});
