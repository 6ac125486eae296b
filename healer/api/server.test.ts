import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import {
  type ApiFixture,
  type ApiFixtureOptions,
  apiFixture,
  goodBeat,
  testPlanned,
  testToken,
} from "../../test/support/apiFixture.ts";
import { readJournal } from "../journal/readJournal.ts";
import { historySchema, incidentSchema, slotSchema, statusSchema } from "./schemas.ts";
import { acceptedSchema, pausedSchema } from "./wishSchemas.ts";

let api: ApiFixture;

const authorization = `Bearer ${testToken}`;

beforeEach(() => open());

afterEach(() => api.close());

async function open(options: ApiFixtureOptions = {}): Promise<void> {
  api = await apiFixture(options);
}

async function reopen(options: ApiFixtureOptions): Promise<void> {
  await api.close();
  await open(options);
}

function get(url: string, headers: Record<string, string> = { authorization }) {
  return api.app.inject({ method: "GET", url, headers });
}

function post(url: string, payload?: object) {
  return api.app.inject({
    method: "POST",
    url,
    headers: { authorization },
    ...(payload === undefined ? {} : { payload }),
  });
}

const openUrls = ["/livez", "/readyz"];
const sample: Readonly<Record<string, string>> = { slot: "web-1", id: "1", peer: "mb" };

test("every operation of the document asks for the token, but for the two that tell nothing", async () => {
  const operations = Object.entries(api.app.swagger().paths ?? {}).flatMap(([path, methods]) => {
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name) => sample[name] ?? "");
    return Object.keys(methods ?? {}).map((method) => ({ url, method: method.toUpperCase() as "GET" | "POST" }));
  });
  assert.ok(operations.length >= 19);
  for (const { url, method } of operations) {
    const wrong = [
      {},
      { authorization: `Bearer ${testToken}x` },
      { authorization: testToken },
      { authorization: "Bearer " },
    ];
    for (const headers of wrong) {
      const answer = await api.app.inject({ method, url, headers });
      if (openUrls.includes(url)) {
        assert.equal(answer.statusCode, 200, url);
        continue;
      }
      assert.equal(answer.statusCode, 401, url);
      assert.equal(answer.headers["www-authenticate"], "Bearer");
      assert.deepEqual(Object.keys(answer.json()), ["error", "message", "remedy"]);
    }
    const query = url === "/v1/events" ? "?follow=false" : "";
    const known = await api.app.inject({ method, url: `${url}${query}`, headers: { authorization } });
    assert.notEqual(known.statusCode, 401, url);
  }
  for (const url of ["/openapi.json", "/docs/"]) assert.equal((await get(url, {})).statusCode, 200, url);
});

test("a method that a route does not have is refused with those that it has, after the token", async () => {
  const other = (
    url: string,
    method: "DELETE" | "HEAD" | "TRACE",
    headers: Record<string, string> = { authorization },
  ) => {
    return api.app.inject({ method, url, headers });
  };
  const status = await other("/v1/status", "DELETE");
  assert.deepEqual([status.statusCode, status.headers.allow], [405, "GET, HEAD"]);
  assert.deepEqual(status.json(), {
    error: "methodNotAllowed",
    message: "there is no DELETE /v1/status.",
    remedy: "it takes GET, HEAD.",
  });
  assert.equal((await get("/v1/pause")).headers.allow, "POST");
  assert.equal((await other("/livez", "TRACE", {})).statusCode, 405);
  assert.equal((await other("/v1/status", "DELETE", {})).statusCode, 401);
  // Nobody would read that stream, and it would stay open.
  assert.deepEqual([(await other("/v1/events", "HEAD")).statusCode], [405]);
});

test("neither the token nor a wrong one is ever logged", async () => {
  await get("/v1/status");
  await get("/v1/status", { authorization: "Bearer nearly-the-token" });
  await get("/nowhere");
  await post("/v1/pause", { forMs: "long" });
  const log = api.log.join("");
  assert.doesNotMatch(log, new RegExp(testToken));
  assert.doesNotMatch(log, /nearly-the-token/);
});

test("what is not there is said, with what there is", async () => {
  assert.deepEqual((await get("/v1/slots/web-9")).json(), {
    error: "notFound",
    message: "host bk has no slot web-9.",
    remedy: "it has lb-1, web-1, web-2.",
  });
  assert.deepEqual((await get("/nowhere?x=1")).json(), {
    error: "notFound",
    message: "there is no GET /nowhere.",
    remedy: "GET /openapi.json lists what there is.",
  });
});

test("a healer that does not listen yet is alive, not ready, and keeps its history", async () => {
  api.answers.watch(undefined);
  assert.equal((await get("/livez")).statusCode, 200);
  for (const url of ["/readyz", "/v1/status", "/v1/slots/web-1"]) {
    const answer = await get(url);
    assert.equal(answer.statusCode, 503, url);
    assert.equal(answer.json().error, "notListening");
  }
  assert.equal((await post("/v1/pause")).statusCode, 503);
  assert.deepEqual(historySchema.parse((await get("/v1/history")).json()), { host: "bk", incidents: [], losses: [] });
  assert.equal((await get("/metrics")).statusCode, 200);
});

test("the status tells of each machine, and what nobody has deployed", async () => {
  await reopen({ pendingChanges: async () => ["the files say something else of web-3"] });
  api.beatAll();
  const status = statusSchema.parse((await get("/v1/status")).json());
  assert.equal(status.verdict, "fine");
  assert.equal(status.what, "all 3 machines beat and serve");
  assert.deepEqual(
    status.slots.map(({ slot, address, status: is, holdsVip }) => [slot, address, is, holdsVip]),
    [
      ["lb-1", "192.168.10.16", "green", true],
      ["web-1", "192.168.10.10", "green", undefined],
      ["web-2", "192.168.10.11", "green", undefined],
    ],
  );
  assert.deepEqual(status.pending, ["the files say something else of web-3"]);
});

test("a slot's evidence has ages, and its suspicion is the table's row", async () => {
  api.beatAll();
  api.healer.hear({ kind: "domain", slot: "web-1", domain: { state: "crashed", reason: "failed" } });
  await api.healer.settled();
  const slot = slotSchema.parse((await get("/v1/slots/web-1")).json());
  assert.equal(slot.facts.heartbeat?.service, "up");
  assert.equal(slot.facts.heartbeat?.filesAsPlanned, true);
  assert.equal(slot.facts.domain?.state, "crashed");
  assert.ok((slot.facts.domain?.ageMs ?? Infinity) < 60_000);
  assert.equal(slot.suspicion?.cause, "machineCrashed");
  assert.deepEqual(slot.suspicion?.repairs, ["replace"]);
  assert.equal(slot.nextRepair, "replace");
  assert.deepEqual(
    slot.incidents.map(({ outcome }) => outcome),
    ["open"],
  );
});

test("a pause goes through the core into the journal, shows in the status, and a resume ends it", async () => {
  api.beatAll();
  const paused = pausedSchema.parse((await post("/v1/pause", { forMs: 1_800_000, by: "anna" })).json());
  assert.deepEqual([paused.host, paused.paused, paused.forMs, paused.by], ["bk", true, 1_800_000, "anna"]);
  const status = statusSchema.parse((await get("/v1/status")).json());
  assert.equal(status.paused?.by, "anna");
  assert.ok(Math.abs(Date.parse(status.paused?.until ?? "") - Date.parse(paused.until ?? "")) < 1_000);
  assert.match(status.next, /no repair begins for 30 min: repairs are paused by anna/);
  assert.equal((await post("/v1/resume", { by: "ben" })).json().paused, false);
  assert.equal(statusSchema.parse((await get("/v1/status")).json()).paused, undefined);
  const { entries } = await readJournal(api.journal.path);
  assert.deepEqual(
    entries.filter(({ kind }) => kind === "paused" || kind === "resumed").map(({ kind, by }) => [kind, by]),
    [
      ["paused", "anna"],
      ["resumed", "ben"],
    ],
  );
});

test("one machine is paused for itself, and only one that is there", async () => {
  const wish = { slot: "web-1", forMs: 1_800_000, by: "anna" };
  const paused = pausedSchema.parse((await post("/v1/pause", wish)).json());
  assert.deepEqual([paused.slot, paused.paused], ["web-1", true]);
  const status = statusSchema.parse((await get("/v1/status")).json());
  assert.equal(status.paused, undefined);
  assert.deepEqual(
    status.slots.map(({ slot, paused: is }) => [slot, is?.by]),
    [
      ["lb-1", undefined],
      ["web-1", "anna"],
      ["web-2", undefined],
    ],
  );
  assert.match((await get("/metrics")).payload, /^vigil_slot_repairs_paused\{slot="web-1"\} 1$/m);
  assert.equal((await post("/v1/resume", { slot: "web-1" })).json().slot, "web-1");
  assert.equal(slotSchema.parse((await get("/v1/slots/web-1")).json()).paused, undefined);
  const missing = await post("/v1/pause", { slot: "web-9" });
  assert.equal(missing.statusCode, 404);
  assert.equal(missing.json().remedy, "it has lb-1, web-1, web-2.");
});

test("a wish to replace is accepted with its incident, and refused with the reason while it may not be", async () => {
  api.beatAll();
  const running = { state: "running", reason: "booted", id: 1 } as const;
  api.healer.hear({ kind: "domain", slot: "web-2", domain: running });
  const accepted = await post("/v1/slots/web-2/replace", { by: "anna" });
  assert.equal(accepted.statusCode, 202);
  const { incident: id, ...rest } = acceptedSchema.parse(accepted.json());
  assert.deepEqual(rest, { host: "bk", slot: "web-2", by: "anna" });
  const incident = incidentSchema.parse((await get(`/v1/incidents/${id}`)).json());
  assert.deepEqual([incident.slot, incident.cause, incident.outcome], ["web-2", "replaceWished", "open"]);
  assert.equal(incident.sentence, "replacement wished: anna asks for it");
  const again = await post("/v1/slots/web-2/replace");
  assert.deepEqual([again.statusCode, again.json().error], [409, "conflict"]);
  assert.equal(again.json().message, "web-2 is about to be replaced.");
  await post("/v1/pause");
  const paused = await post("/v1/slots/lb-1/replace");
  assert.match(
    paused.json().message,
    /^lb-1 may not be replaced now: nothing is done: repairs are paused for \d+ s more\.$/,
  );
  assert.equal((await post("/v1/slots/web-9/replace")).statusCode, 404);
  assert.equal((await get("/v1/incidents/999999")).statusCode, 404);
});

test("a worker is drained and put back by the core, which the status and the metrics show", async () => {
  api.beatAll();
  const wish = await post("/v1/slots/web-1/drain", { by: "anna" });
  assert.deepEqual([wish.statusCode, wish.json()], [202, { host: "bk", slot: "web-1", by: "anna", drained: true }]);
  api.healer.hear({ kind: "tick", lagMs: 0 });
  await api.healer.settled();
  assert.deepEqual(api.asked, [{ kind: "rotate", slot: "web-1", to: "out", generation: 1 }]);
  const view = async () => slotSchema.parse((await get("/v1/slots/web-1")).json()).drained;
  assert.deepEqual([(await view())?.by, (await view())?.done], ["anna", false]);
  api.healer.hear({ kind: "rotated", slot: "web-1", generation: 1, outcome: { ok: true } });
  api.healer.hear({ kind: "beat", slot: "web-1", beat: { ...goodBeat("web-1"), service: "draining" } });
  api.healer.hear({ kind: "tick", lagMs: 0 });
  assert.equal((await view())?.done, true);
  assert.equal(statusSchema.parse((await get("/v1/status")).json()).what, "all 3 machines beat; drained: web-1");
  assert.match((await get("/metrics")).payload, /^vigil_slot_drained\{slot="web-1"\} 1$/m);
  const last = await post("/v1/slots/web-2/drain");
  assert.deepEqual([last.statusCode, last.json().message], [409, "web-2 is the last worker of this host that serves."]);
  assert.equal((await post("/v1/slots/web-2/drain", { force: true })).statusCode, 202);
  assert.equal((await post("/v1/slots/lb-1/drain")).statusCode, 409);
  assert.equal((await post("/v1/slots/web-9/drain")).statusCode, 404);
  assert.equal((await post("/v1/slots/web-9/undrain")).statusCode, 404);
  assert.equal((await post("/v1/slots/web-1/undrain")).json().drained, false);
  assert.equal(await view(), undefined);
});

test("the number of workers is changed if they have room, and the status says what becomes of it", async () => {
  api.beatAll();
  const full = await post("/v1/scale", { workers: 6 });
  assert.deepEqual([full.statusCode, full.json().error], [409, "noRoom"]);
  assert.equal(full.json().message, "host bk cannot hold 6 workers: the pool holds 5.");
  assert.equal((await post("/v1/scale", { workers: 0 })).statusCode, 400);
  assert.equal((await post("/v1/scale")).statusCode, 400);
  const same = await post("/v1/scale", { workers: 2 });
  assert.deepEqual([same.statusCode, same.json().message], [409, "this host has 2 workers already."]);
  const wish = await post("/v1/scale", { workers: 3, by: "anna" });
  assert.equal(wish.statusCode, 202);
  const view = async () => statusSchema.parse((await get("/v1/status")).json()).scale;
  assert.deepEqual([(await view())?.id, (await view())?.outcome], [wish.json().id, "underWay"]);
  api.healer.hear({ kind: "tick", lagMs: 0 });
  await api.healer.settled();
  assert.deepEqual(api.asked, [{ kind: "scale", workers: 3, evacuated: {}, generation: 1 }]);
  const outcome = { ok: false, code: "locked", reason: "ben holds the stack." } as const;
  api.healer.hear({ kind: "scaled", generation: 1, outcome });
  await api.healer.settled();
  assert.deepEqual([(await view())?.outcome, (await view())?.reason], ["locked", "ben holds the stack."]);
});

test("the address is moved away from here alone, and the status says what becomes of it", async () => {
  assert.equal((await post("/v1/vip/move")).statusCode, 409);
  api.beatAll();
  const wish = await post("/v1/vip/move", { by: "anna" });
  assert.equal(wish.statusCode, 202);
  const { id, ...rest } = wish.json();
  assert.deepEqual(rest, { host: "bk", slot: "lb-1", by: "anna" });
  assert.deepEqual(api.asked, [{ kind: "moveVip", slot: "lb-1", generation: 1 }]);
  const outcome = { ok: false, code: "locked", reason: "ben holds the stack." } as const;
  api.healer.hear({ kind: "vipMoved", generation: 1, outcome });
  await api.healer.settled();
  const { vipMove } = statusSchema.parse((await get("/v1/status")).json());
  assert.deepEqual([vipMove?.id, vipMove?.outcome, vipMove?.reason], [id, "locked", "ben holds the stack."]);
});

test("no answer is given of a machine that never was: it could be taken for good news", async () => {
  for (const url of ["/v1/history?slot=web-9", "/v1/events?slot=web-9&follow=false"]) {
    assert.equal((await get(url)).json().message, "host bk has no slot web-9.", url);
  }
  await api.journal.append({ kind: "status", slot: "web-9", status: "red", cause: "machineCrashed", sentence: "" });
  assert.equal((await get("/v1/history?slot=web-9")).json().incidents.length, 1);
});

test("while repairs are paused the core begins none, and says that", async () => {
  await post("/v1/pause");
  api.beatAll();
  api.healer.hear({ kind: "domain", slot: "web-1", domain: { state: "crashed", reason: "failed" } });
  await api.healer.settled();
  assert.deepEqual(api.asked, []);
  const slot = slotSchema.parse((await get("/v1/slots/web-1")).json());
  assert.equal(slot.status, "red");
  assert.match(slot.next, /^replace comes next; nothing is done: repairs are paused for/);
});

test("a wish without a body is the default; one that cannot be meant is refused with what is wrong", async () => {
  assert.equal((await post("/v1/pause")).json().forMs, 3_600_000);
  assert.equal((await post("/v1/pause", {})).json().by, "somebody with the token");
  const wrong = [
    [{ forMs: 25 * 3_600_000 }, /forMs/],
    [{ forMs: 0 }, /forMs/],
    [{ forMs: 1_000, by: "a\nb" }, /by: write a name/],
    [{ for: 1_000 }, /for/],
  ] as const;
  for (const [payload, message] of wrong) {
    const answer = await post("/v1/pause", payload);
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json().error, "badRequest");
    assert.match(answer.json().message, message);
  }
  const headers = { authorization, "content-type": "application/json" };
  const torn = await api.app.inject({ method: "POST", url: "/v1/pause", headers, payload: "{" });
  assert.equal(torn.json().error, "badRequest");
  assert.equal((await get("/v1/history?limit=0")).json().error, "badRequest");
});

test("metrics are in Prometheus' own form, with a series per slot and status and none per incident", async () => {
  api.beatAll();
  api.healer.hear({ kind: "vipHolders", macs: ["52:54:00:a8:0a:10"] });
  api.metrics.ticked(12);
  for (const atMs of [0, 200, 4_200]) api.metrics.beat("web-1", atMs);
  api.metrics.ticked(400);
  for (const atMs of [60_000, 60_200]) api.metrics.beat("web-1", atMs);
  api.healer.hear({ kind: "hypervisorSilent", reason: "gone" });
  const answer = await get("/metrics");
  assert.match(String(answer.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  const has = (line: string) => assert.ok(answer.payload.includes(`${line}\n`), `${line} is not in\n${answer.payload}`);
  has('vigil_slot_status{slot="web-1",status="green"} 1');
  has('vigil_slot_status{slot="web-1",status="red"} 0');
  has("vigil_vip_holders 1");
  has('vigil_event_loop_lag_seconds_bucket{le="0.03"} 1');
  has('vigil_heartbeat_gap_seconds_bucket{le="0.3",slot="web-1"} 2');
  has('vigil_heartbeat_gap_seconds_bucket{le="2.5",slot="web-1"} 2');
  has('vigil_heartbeat_gap_seconds_count{slot="web-1"} 3');
  has('vigil_repairs_paused{by="person"} 0');
  has(`vigil_build_info{version="0.0.0",release="${"d".repeat(12)}",node="${process.version}"} 1`);
  assert.match(answer.payload, /^vigil_heartbeat_age_seconds\{slot="web-1"\} 0/m);
  assert.match(answer.payload, /^process_resident_memory_bytes \d/m);
  assert.equal(answer.payload.match(/^vigil_slot_status\{/gm)?.length, testPlanned.length * 6);
});

test("the history has the hosts that were lost, and of one machine only what was its own", async () => {
  await api.journal.append({ kind: "host", host: "mb", status: "lost", sentence: "it was not heard for 60 s" });
  await api.journal.append({
    kind: "started",
    host: "bk",
    release: "d",
    slots: ["web-3"],
    standIns: { "web-3": "mb" },
  });
  const ask = async (query: string) => historySchema.parse((await get(`/v1/history${query}`)).json()).losses;
  assert.deepEqual(
    (await ask("")).map(({ host, standIns, status }) => [host, standIns, status]),
    [["mb", ["web-3"], "lost"]],
  );
  assert.deepEqual(await ask("?slot=web-1"), []);
});

test("while nobody asks who has the address there is no number of its holders, not even 0", async () => {
  const holders = async () => (await get("/metrics")).payload.match(/^vigil_vip_holders.*$/gm);
  assert.equal(await holders(), null);
  api.healer.hear({ kind: "vipHolders", macs: [] });
  assert.deepEqual(await holders(), ["vigil_vip_holders 0"]);
  api.healer.hear({ kind: "vipUnasked", reason: "arping does not run: it ended with 2" });
  assert.equal(await holders(), null);
  const { vip, pages } = statusSchema.parse((await get("/v1/status")).json());
  assert.equal(vip.holders, undefined);
  assert.match(pages.map(({ sentence }) => sentence).join(), /nobody asks who has the service's address: arping/);
});

test("whether the witness answers is a metric as soon as it was asked", async () => {
  const told = async () => /^vigil_witness_up.*$/m.exec((await get("/metrics")).payload)?.[0];
  assert.equal(await told(), undefined);
  api.healer.hear({ kind: "witness", answered: false });
  assert.equal(await told(), 'vigil_witness_up{address="192.168.10.254"} 0');
  api.healer.hear({ kind: "witness", answered: true });
  assert.equal(await told(), 'vigil_witness_up{address="192.168.10.254"} 1');
});

test("a repair is counted with its outcome and, if it helped, with its duration", async () => {
  await api.journal.append({
    kind: "status",
    slot: "web-1",
    status: "red",
    cause: "machineCrashed",
    sentence: "crashed",
  });
  const slots = [{ slot: "web-1", repair: "replace", cause: "machineCrashed", sentence: "replacing" }];
  await api.journal.append({ kind: "repairBegun", generation: 1, slots });
  await api.journal.append({ kind: "repairEnded", generation: 1, slot: "web-1", outcome: "ok" });
  await api.journal.append({ kind: "status", slot: "web-1", status: "green", sentence: "helped" });
  const { payload } = await get("/metrics");
  assert.match(payload, /^vigil_repairs_total\{repair="replace",outcome="helped"\} 1$/m);
  assert.match(payload, /^vigil_repair_duration_seconds_count\{repair="replace"\} 1$/m);
  const { incidents } = historySchema.parse((await get("/v1/history?slot=web-1&limit=1")).json());
  assert.equal(incidents[0]?.outcome, "repaired");
});
