import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { apiHost } from "../healer/api/apiAddress.ts";
import { statusSchema } from "../healer/api/schemas.ts";
import { pausedSchema } from "../healer/api/wishSchemas.ts";
import { type ApiFixture, apiFixture, testToken } from "../test/support/apiFixture.ts";
import { HealerClient } from "./askHealer.ts";
import { HealerError, type HealerErrorCode } from "./healerError.ts";

let api: ApiFixture;
let dir: string;
let tokenPath: string;
let url: string;

before(async () => {
  api = await apiFixture();
  dir = await mkdtemp(join(tmpdir(), "vigil-ask-"));
  tokenPath = join(dir, "token");
  await writeFile(tokenPath, `${testToken}\n`, { mode: 0o600 });
  url = await api.app.listen({ host: apiHost, port: 0 });
});

after(async () => {
  await api.close();
  await rm(dir, { recursive: true });
});

test("an answer is parsed, whether or not its host is named", async () => {
  api.beatAll();
  const client = new HealerClient({ url, tokenPath });
  for (const host of [undefined, "bk"]) {
    assert.equal((await client.ask(host, "/v1/status", statusSchema)).verdict, "fine");
  }
});

test("a wish for another host's healer is not granted by this one", async () => {
  const client = new HealerClient({ url, tokenPath });
  const pause = client.ask("mb", "/v1/pause", pausedSchema, { method: "POST", body: {} });
  await assert.rejects(pause, refused("ERR_USAGE", /this machine is host bk/));
  assert.equal((await client.ask("bk", "/v1/status", statusSchema)).paused, undefined);
});

test("what the healer refuses is told in its own words, with its remedy", async () => {
  const client = new HealerClient({ url, tokenPath });
  const asked = client.ask(undefined, "/v1/slots/web-9", statusSchema);
  await assert.rejects(asked, refused("ERR_USAGE", /^host bk has no slot web-9\. It has lb-1, web-1, web-2\.$/));
});

test("a healer that does not listen yet is no wrong host, and has no status", async () => {
  api.answers.watch(undefined);
  const client = new HealerClient({ url, tokenPath });
  const words = /^the healer of host bk runs, and does not listen yet\. It puts/;
  await assert.rejects(client.ask("bk", "/v1/status", statusSchema), refused("ERR_NO_HEALER", words));
});

test("without a healer the error names what was tried and what to do", async () => {
  const deaf = createServer();
  await new Promise<void>((resolve) => deaf.listen(0, apiHost, resolve));
  const { port } = deaf.address() as AddressInfo;
  await new Promise((resolve) => deaf.close(resolve));
  const nobody = new HealerClient({ url: `http://${apiHost}:${port}`, tokenPath });
  const words = new RegExp(`^no healer answers on ${apiHost}:${port}: is it running\\? \`vigil healer run`);
  await assert.rejects(nobody.ask("bk", "/v1/status", statusSchema), refused("ERR_NO_HEALER", words));
  const never = new HealerClient({ url, tokenPath: join(dir, "none") });
  await assert.rejects(never.ask("bk", "/v1/status", statusSchema), refused("ERR_NO_HEALER", /is it running/));
});

test("something else on the healer's port is not taken for one", async () => {
  const other = createServer((_request, response) => void response.writeHead(200).end("<html>"));
  await new Promise<void>((resolve) => other.listen(0, apiHost, resolve));
  const { port } = other.address() as AddressInfo;
  const client = new HealerClient({ url: `http://${apiHost}:${port}`, tokenPath });
  await assert.rejects(
    client.ask(undefined, "/v1/status", statusSchema),
    refused("ERR_REFUSED", /not as this release's healer does/),
  );
  await new Promise((resolve) => other.close(resolve));
});

function refused(code: HealerErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof HealerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}
