import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { apiHost } from "../healer/api/apiAddress.ts";
import type { KnownPeers } from "../healer/api/knownPeers.ts";
import { unheardPeer } from "../healer/core/peer.ts";
import { type ApiFixture, apiFixture, testToken } from "../test/support/apiFixture.ts";
import { HealerClient } from "./askHealer.ts";
import { peerHistory, peerSlot, peerStatus } from "./askPeer.ts";
import { HealerError, type HealerErrorCode } from "./healerError.ts";

let api: ApiFixture;
let dir: string;
let client: HealerClient;

const green = { ...unheardPeer("mb", 0), status: "green", heardMs: 0 } as const;

let saidByMb: unknown;

/** mb answers as bk itself does, and cc was never heard. */
const peers: KnownPeers = {
  get all() {
    const never = { ...unheardPeer("cc", 0), sentence: "no key of it is pinned" };
    return [
      { host: "mb", address: "192.168.10.2", state: green, said: { status: saidByMb, atMs: performance.now() } },
      { host: "cc", address: "192.168.10.3", state: never },
    ];
  },
  async ask(_peer, url) {
    const headers = { authorization: `Bearer ${testToken}` };
    const { statusCode, payload } = await api.app.inject({ method: "GET", url, headers });
    return { status: statusCode, text: payload };
  },
};

before(async () => {
  api = await apiFixture({ peers });
  api.beatAll();
  saidByMb = { ...(await api.answers.status()), host: "mb" };
  dir = await mkdtemp(join(tmpdir(), "vigil-ask-peer-"));
  const tokenPath = join(dir, "token");
  await writeFile(tokenPath, `${testToken}\n`, { mode: 0o600 });
  client = new HealerClient({ url: await api.app.listen({ host: apiHost, port: 0 }), tokenPath });
});

after(async () => {
  await api.close();
  await rm(dir, { recursive: true });
});

test("what a peer is asked, its host's healer passes on", async () => {
  const said = await peerStatus(client, "bk", "mb");
  assert.deepEqual([said.isLive, said.status.host, said.peer.what], [true, "mb", "all 3 machines beat and serve"]);
  assert.equal((await peerSlot(client, undefined, "mb", "web-1")).slot, "web-1");
  assert.deepEqual((await peerHistory(client, "bk", "mb", 5)).incidents, []);
});

test("a peer that cannot be asked is no healer that answers; one that is not there is a wrong word", async () => {
  const never =
    /^the healer of host cc was not heard yet: no key of it is pinned\. Ask on cc itself, or `vigil status`/;
  await assert.rejects(peerStatus(client, "bk", "cc"), refused("ERR_NO_HEALER", never));
  await assert.rejects(
    peerSlot(client, "bk", "cc", "web-1"),
    refused("ERR_NO_HEALER", /^the healer of host cc does not/),
  );
  await assert.rejects(
    peerStatus(client, "bk", "dd"),
    refused("ERR_USAGE", /^host bk has no peer dd\. It has mb, cc\.$/),
  );
  await assert.rejects(peerSlot(client, "bk", "mb", "web-9"), refused("ERR_USAGE", /has no slot web-9/));
});

function refused(code: HealerErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof HealerError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}
