import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as command from "@pulumi/command";
import { createSshServer } from "./sshServer.ts";
import { standIn } from "./standIn.ts";
import { temporaryStack } from "./temporaryStack.ts";

type Connection = command.types.input.remote.ConnectionArgs;

test("a script runs on the machine whose host key is pinned, and is updated and deleted there", async () => {
  using server = await createSshServer();
  server.start();
  await using stack = await temporaryStack();
  const marker = join(stack.folder, "marker");
  const program = (stdin: string, connection: Connection) => () => ({
    stdout: new command.remote.Command("one", {
      connection,
      create: "cat; echo; echo trouble >&2",
      update: 'echo "updated with $(cat)"',
      delete: `echo gone > ${marker}`,
      stdin,
    }).stdout,
  });

  const created = await stack.up(program("input", server.connection));
  assert.equal(created.outputs.stdout?.value, "input");
  assert.deepEqual((await stack.up(program("input", server.connection))).operations.one, ["same"]);
  const refreshed = await stack.preview(program("input", server.connection), { refresh: true });
  assert.deepEqual(refreshed.operations.one, ["refresh", "same"]);

  const updated = await stack.up(program("more", server.connection));
  assert.deepEqual(updated.operations.one, ["update"]);
  assert.equal(updated.outputs.stdout?.value, "updated with more");

  const moved = await stack.preview(program("more", { ...server.connection, dialErrorLimit: 3 }));
  assert.deepEqual(moved.operations.one, ["update"], "another connection is no other machine");

  assert.doesNotMatch(await stack.stateText(), /OPENSSH PRIVATE KEY/, "the connection is secret");
  await stack.destroy();
  assert.equal(readFileSync(marker, "utf8"), "gone\n");
});

test("another host key is refused before anything runs", async () => {
  using server = await createSshServer();
  using other = await createSshServer();
  server.start();
  await using stack = await temporaryStack();
  const marker = join(stack.folder, "marker");
  const program = () => {
    new command.remote.Command("one", {
      connection: { ...server.connection, hostKey: other.connection.hostKey, dialErrorLimit: 1 },
      create: `touch ${marker}`,
    });
  };
  await assert.rejects(stack.up(program), /host key/);
  assert.equal(existsSync(marker), false);
});

test("a machine that comes up late is found soon", async () => {
  using server = await createSshServer();
  await using stack = await temporaryStack();
  let startedAtMs = 0;
  const update = stack.up(() => ({
    stdout: new command.remote.Command("one", { connection: server.connection, create: "date +%s%3N" }).stdout,
  }));
  await sleep(3000);
  startedAtMs = Date.now();
  server.start();
  const ranAtMs = Number((await update).outputs.stdout?.value);
  assert.ok(ranAtMs >= startedAtMs, "it waited");
  const foundWithinMs = standIn("command") ? 1000 : 6000;
  assert.ok(ranAtMs - startedAtMs < foundWithinMs, `ran ${ranAtMs - startedAtMs} ms after the server's start`);
});

test("a machine that never answers fails the update within the limit", async () => {
  using server = await createSshServer();
  await using stack = await temporaryStack();
  const program = () => {
    new command.remote.Command("one", {
      connection: { ...server.connection, dialErrorLimit: 2, perDialTimeout: 1 },
      create: "true",
    });
  };
  const beganAtMs = Date.now();
  await assert.rejects(stack.up(program), /connection refused/);
  assert.ok(Date.now() - beganAtMs < 10_000);
});

test("a machine that accepts and says nothing counts as a failed dial", { skip: !standIn("command") }, async () => {
  const mute = createServer();
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  mute.listen(0, "127.0.0.1", resolve);
  await listening;
  const address = mute.address();
  assert.ok(address !== null && typeof address === "object");
  await using stack = await temporaryStack();
  const program = () => {
    new command.remote.Command("one", {
      connection: { host: "127.0.0.1", port: address.port, dialErrorLimit: 1, perDialTimeout: 1 },
      create: "true",
    });
  };
  try {
    await assert.rejects(stack.up(program), /dialErrorLimit \(1\)[\s\S]*timeout/);
  } finally {
    mute.close();
  }
});
