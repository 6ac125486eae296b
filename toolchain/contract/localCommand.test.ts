import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { standIn } from "./standIn.ts";
import { temporaryStack } from "./temporaryStack.ts";

test("a script gets its input, variables and folder, and its output loses the last newline", async () => {
  await using stack = await temporaryStack();
  const { outputs, operations, text } = await stack.up(() => {
    const one = new command.local.Command("one", {
      create: 'cat; echo "$NAME in $(pwd)"; echo; echo trouble >&2',
      stdin: "from stdin\n",
      environment: { NAME: "vigil" },
      dir: "/usr",
    });
    return { stdout: one.stdout, stderr: one.stderr };
  });
  assert.deepEqual(operations.one, ["create"]);
  assert.equal(outputs.stdout?.value, "from stdin\nvigil in /usr\n");
  assert.equal(outputs.stderr?.value, "trouble");
  assert.match(text, /vigil in \/usr/, "the output is logged");
});

test("a preview runs nothing, neither for a new command nor for a changed one", async () => {
  await using stack = await temporaryStack();
  const marker = join(stack.folder, "marker");
  const program = (text: string) => () => {
    new command.local.Command("one", { create: `echo ${text} >> ${marker}` });
  };
  await stack.preview(program("first"));
  assert.equal(existsSync(marker), false);
  await stack.up(program("first"));
  const { operations } = await stack.preview(program("second"));
  assert.deepEqual(operations.one, ["update"]);
  assert.equal(readFileSync(marker, "utf8"), "first\n");
});

test("nothing changes while the inputs stay, also after a refresh", async () => {
  await using stack = await temporaryStack();
  const program = () => {
    new command.local.Command("one", { create: "date +%N", triggers: ["a", { b: 1 }], environment: { A: "b" } });
  };
  await stack.up(program);
  const again = await stack.up(program);
  assert.deepEqual(again.operations.one, ["same"]);
  const refreshed = await stack.preview(program, { refresh: true });
  assert.deepEqual(refreshed.operations.one, ["refresh", "same"]);
});

test("a changed input updates: by the update script, which sees what was printed before, else by create", async () => {
  await using stack = await temporaryStack();
  const program = (args: command.local.CommandArgs) => () => ({
    stdout: new command.local.Command("one", args).stdout,
  });
  await stack.up(program({ create: "echo created", environment: { A: "1" } }));

  const byCreate = await stack.up(program({ create: "echo created with $A", environment: { A: "2" } }));
  assert.deepEqual(byCreate.operations.one, ["update"]);
  assert.equal(byCreate.outputs.stdout?.value, "created with 2");

  const update = 'echo "$(cat) after [$PULUMI_COMMAND_STDOUT]"';
  const byUpdate = await stack.up(program({ create: "exit 1", update, stdin: "input" }));
  assert.deepEqual(byUpdate.operations.one, ["update"]);
  assert.equal(byUpdate.outputs.stdout?.value, "input after [created with 2]");

  const alone = await stack.up(program({ create: "exit 1", update, stdin: "more", addPreviousOutputInEnv: false }));
  assert.equal(alone.outputs.stdout?.value, "more after []");
});

test("a changed trigger replaces, and so does one that is not known yet", async () => {
  await using stack = await temporaryStack();
  const program = (first: string, keeper: string) => () => {
    const bytes = new random.RandomBytes("bytes", { length: 4, keepers: { keeper } });
    new command.local.Command("first", { create: "true", triggers: [first] });
    new command.local.Command("second", { create: "true", update: "false", triggers: [bytes.hex] });
    new command.local.Command("third", { create: "true", update: "false", triggers: bytes.hex.apply((hex) => [hex]) });
  };
  await stack.up(program("a", "a"));
  const replaced = (operations: readonly string[] | undefined) => operations?.includes("replace");

  const known = await stack.preview(program("b", "a"));
  assert.ok(replaced(known.operations.first));
  assert.deepEqual(known.operations.second, ["same"]);

  const unknown = await stack.preview(program("a", "b"));
  assert.deepEqual(unknown.operations.first, ["same"]);
  assert.ok(replaced(unknown.operations.second), "an unknown element");
  assert.ok(replaced(unknown.operations.third), "an unknown list");
  const done = await stack.up(program("a", "b"));
  assert.ok(replaced(done.operations.second) && replaced(done.operations.third));
});

test("the delete script runs on destroy and sees what was printed before", async () => {
  await using stack = await temporaryStack();
  const marker = join(stack.folder, "marker");
  await stack.up(() => {
    new command.local.Command("one", { create: "echo made", delete: `echo "un$PULUMI_COMMAND_STDOUT" > ${marker}` });
  });
  assert.equal(existsSync(marker), false);
  await stack.destroy();
  assert.equal(readFileSync(marker, "utf8"), "unmade\n");
});

test("secret inputs are not in the stored state, and logging can be switched off", async () => {
  await using stack = await temporaryStack();
  const { text } = await stack.up(() => {
    new command.local.Command("one", {
      create: 'test "$TOKEN" = hidden-1 && test "$(cat)" = hidden-2 && echo visible',
      environment: { TOKEN: pulumi.secret("hidden-1") },
      stdin: pulumi.secret("hidden-2"),
      logging: command.local.Logging.None,
    });
  });
  const state = await stack.stateText();
  assert.match(state, /visible/);
  assert.doesNotMatch(state, /"hidden-/);
  assert.doesNotMatch(text, /visible/);
});

test("a script that fails fails the update, and says what it printed", async () => {
  await using stack = await temporaryStack();
  const program = () => {
    new command.local.Command("one", { create: "echo the disk is full >&2; exit 3" });
  };
  await assert.rejects(stack.up(program), /exit status 3[\s\S]*the disk is full/);
  assert.doesNotMatch(await stack.stateText(), /command:local:Command/);
});

test("what the stand-in does not carry is refused by name", { skip: !standIn("command") }, async () => {
  await using stack = await temporaryStack();
  writeFileSync(join(stack.folder, "file"), "");
  const withAssets = () => {
    new command.local.Command("one", { create: "true", assetPaths: ["file"] });
  };
  await assert.rejects(stack.preview(withAssets), /does not carry "assetPaths"/);
  const withCopy = () => {
    new command.remote.CopyToRemote("two", {
      connection: { host: "127.0.0.1" },
      source: new pulumi.asset.FileAsset(join(stack.folder, "file")),
      remotePath: "/nowhere",
    });
  };
  await assert.rejects(stack.preview(withCopy), /command:remote:CopyToRemote/);
});
