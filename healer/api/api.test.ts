import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import pino from "pino";
import { Journal } from "../journal/journal.ts";
import { openApi } from "./api.ts";
import { apiHost } from "./apiAddress.ts";

test("the API makes its token and answers with it; a port that is taken ends no healer", async () => {
  const dir = await mkdtemp(join(tmpdir(), "vigil-open-"));
  try {
    const { journal } = await Journal.open({ path: join(dir, "journal.jsonl") });
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    const place = { port: await freePort(), tokenPath: join(dir, "token") };
    const api = await openApi({ host: "bk", journal, log, place });
    const token = (await readFile(place.tokenPath, "utf8")).trim();
    const answer = await fetch(`http://${apiHost}:${place.port}/v1/history`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.deepEqual(await answer.json(), { host: "bk", incidents: [], losses: [] });
    assert.doesNotMatch(lines.join(""), new RegExp(token));

    const second = await openApi({ host: "bk", journal, log, place });
    assert.match(lines.at(-1) ?? "", /nobody can ask this healer: it cannot serve 127\.0\.0\.1:\d+; .*ss -ltnp/);
    second.heard({ kind: "tick", lagMs: 0 });
    second.watch(undefined);
    await second.close();
    await api.close();
    await journal.close();
  } finally {
    await rm(dir, { recursive: true });
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, apiHost, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
