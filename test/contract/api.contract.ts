/** The healer's API, asked by Schemathesis over HTTP whatever its own document allows and forbids. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { apiHost } from "../../healer/api/apiAddress.ts";
import { cacheDirOf } from "../../host/hostEnvironment.ts";
import { type ApiFixture, testToken } from "../support/apiFixture.ts";
import { fulfilAll } from "../support/fulfilAll.ts";
import { freePort, type Meeting, meeting } from "../support/peersFixture.ts";

const schemathesis = join(cacheDirOf(process.env), "bin", "schemathesis");
const config = join(import.meta.dirname, "schemathesis.toml");

let folder: string;
let bk: Meeting;
let mb: Meeting;

/** bk is asked; it hears mb, so that there is a peer, and one of its machines was repaired, so that there is a history. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vigil-contract-"));
  const port = await freePort();
  [bk, mb] = await Promise.all([meeting("bk", port), meeting("mb", port)]);
  await Promise.all([bk.trust("mb", mb.key), mb.trust("bk", bk.key)]);
  await Promise.all([bk, mb].map((one) => one.peers.watch(one.plan)));
  await bk.until(({ state }) => state.status === "green");
  await writeHistory(bk.api);
});

after(async () => {
  await Promise.all([bk, mb].map((one) => one.close()));
  await rm(folder, { recursive: true });
});

async function writeHistory({ journal }: ApiFixture): Promise<void> {
  const cause = "machineCrashed";
  await journal.append({ kind: "status", slot: "web-1", status: "red", cause, sentence: "crashed" });
  const slots = [{ slot: "web-1", repair: "replace", cause, sentence: "replacing" }];
  await journal.append({ kind: "repairBegun", generation: 1, slots });
  await journal.append({ kind: "repairEnded", generation: 1, slot: "web-1", outcome: "ok" });
  await journal.append({ kind: "status", slot: "web-1", status: "green", sentence: "helped" });
}

test("every answer is one that the document has, and every operation is also answered well", async () => {
  await access(schemathesis).catch(() => {
    assert.fail(`there is no ${schemathesis}: \`toolchain/setup.sh --only schemathesis\` installs it`);
  });
  const { app, log } = bk.api;
  const answered = new Set<string>();
  // Before each request, and not from time to time: what is answered must not depend on how busy the machine is.
  app.server.prependListener("request", ({ method, url = "" }, response) => {
    fulfilAll(bk.api);
    response.on("close", () => {
      if (response.statusCode < 300) answered.add(`${method} ${url.split("?")[0]}`);
    });
  });
  await ask(await app.listen({ host: apiHost, port: 0 }));
  assert.deepEqual(
    log.filter((line) => JSON.parse(line).level >= 50),
    [],
  );
  const unanswered = operations().filter(({ form }) => ![...answered].some((one) => form.test(one)));
  assert.deepEqual(
    unanswered.map(({ name }) => name),
    [],
  );
});

/** Rejects with all that Schemathesis says if it finds anything. */
async function ask(url: string): Promise<void> {
  const argv = ["--config-file", config, "--no-color", "run", `${url}/openapi.json`, "--url", url];
  const asking = spawn(schemathesis, argv, {
    // It keeps what it finds beside where it runs.
    cwd: folder,
    env: { ...process.env, VIGIL_TEST_TOKEN: testToken },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve, reject) => asking.on("exit", resolve).on("error", reject));
  const said = await text(asking.stdout);
  assert.equal(await ended, 0, said);
}

/** Each operation of the document, and the form of a request of it. */
function operations(): { readonly name: string; readonly form: RegExp }[] {
  return Object.entries(bk.api.app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => {
      const name = `${method.toUpperCase()} ${path}`;
      return { name, form: new RegExp(`^${name.replaceAll(/\{\w+\}/g, "[^/]+")}$`) };
    }),
  );
}
