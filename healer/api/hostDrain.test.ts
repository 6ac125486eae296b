import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ApiFixture,
  apiFixture,
  goodBeat,
  goodPeer,
  testPlanned,
  testToken,
} from "../../test/support/apiFixture.ts";
import { limitsFor } from "../core/limits.ts";
import { statusSchema } from "./schemas.ts";

let api: ApiFixture;

before(async () => {
  api = await apiFixture({ site: { host: "bk", others: { mb: 2 }, hasWitness: false } });
});

after(() => api.close());

const headers = { authorization: `Bearer ${testToken}` };

function post(url: string, payload?: object) {
  return api.app.inject({ method: "POST", url, headers, ...(payload === undefined ? {} : { payload }) });
}

async function status() {
  return statusSchema.parse((await api.app.inject({ url: "/v1/status", headers })).json());
}

/** All is well, and the address is elsewhere. */
async function tick(): Promise<void> {
  for (const { slot, role } of testPlanned) {
    const beat = role === "balancer" ? ({ vrrp: "BACKUP", holdsVip: false } as const) : {};
    api.healer.hear({ kind: "beat", slot, beat: { ...goodBeat(slot), ...beat } });
  }
  api.healer.hear({ kind: "tick", lagMs: 0 });
  await api.healer.settled();
}

/** For as long as a worker of a host that is taken back has to, before it gets requests; and two ticks more. */
async function staysGreen(): Promise<void> {
  const endMs = performance.now() + limitsFor.tcg.steadyMs;
  while (performance.now() < endMs) {
    await tick();
    await sleep(100);
  }
  await tick();
  await tick();
}

test("a host is taken out of service and back by the core, which status, metrics and peers are told", async () => {
  api.beatAll();
  const refused = await post("/v1/host/drain");
  const alone = "no other host could serve meanwhile: the healer of mb is not heard.";
  assert.deepEqual([refused.statusCode, refused.json().error, refused.json().message], [409, "conflict", alone]);
  assert.equal((await post("/v1/host/return", { by: "anna" })).json().id, undefined);
  api.healer.hear({ kind: "peers", peers: [goodPeer("mb")] });
  await tick();
  assert.equal((await post("/v1/host/drain", { reason: "line\nbreak" })).statusCode, 400);
  const wish = await post("/v1/host/drain", { by: "anna", reason: "kernel update" });
  assert.equal(wish.statusCode, 202);
  const { id } = wish.json();
  assert.deepEqual(wish.json(), { host: "bk", by: "anna", id });
  assert.equal((await post("/v1/host/drain", { by: "ben" })).json().id, id, "it is drained already");
  assert.equal(api.answers.absence, "anna has drained it: kernel update");
  // Longer than the others need to say that they go, too.
  await sleep(2_600);
  api.healer.hear({ kind: "peers", peers: [goodPeer("mb")] });
  await tick();
  await tick();
  const { verdict, hostDrain, slots } = await status();
  assert.deepEqual([verdict, hostDrain?.id, hostDrain?.why], ["drained", id, "kernel update"]);
  assert.deepEqual([hostDrain?.phase, hostDrain?.waitsFor], ["draining", "web-1 finishes its requests"]);
  assert.deepEqual(
    slots.flatMap(({ slot, drained }) => (drained === undefined ? [] : [`${slot} ${drained.by}`])),
    ["web-1 anna", "web-2 anna"],
  );
  const metrics = await api.app.inject({ url: "/metrics", headers });
  assert.match(metrics.payload, /^vigil_host_drained 1$/m);
  assert.equal((await post("/v1/host/return", { by: "anna" })).json().id, id);
  await staysGreen();
  assert.equal((await status()).hostDrain?.outcome, "underWay", "its workers were asked to leave");
  // Asked to leave, and then asked back.
  for (const slot of ["web-1", "web-2"])
    api.healer.hear({ kind: "rotated", slot, generation: 2, outcome: { ok: true } });
  await tick();
  assert.deepEqual([(await status()).hostDrain?.outcome, api.answers.absence], ["done", undefined]);
});
