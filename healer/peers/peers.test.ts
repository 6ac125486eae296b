import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { testToken } from "../../test/support/apiFixture.ts";
import { freePort, type Meeting, meeting } from "../../test/support/peersFixture.ts";
import { peersSchema } from "../api/peerSchemas.ts";
import { historySchema, peerStatusSchema, slotSchema, statusSchema } from "../api/schemas.ts";

let port: number;
let bk: Meeting;
let mb: Meeting;
let open: Meeting[];

beforeEach(async () => {
  port = await freePort();
  [bk, mb] = await Promise.all([meeting("bk", port), meeting("mb", port)]);
  open = [bk, mb];
});

afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
});

/** Both know each other's key, and both are there. */
async function acquainted(): Promise<void> {
  await Promise.all([bk.trust("mb", mb.key), mb.trust("bk", bk.key)]);
  await Promise.all([bk, mb].map((one) => one.peers.watch(one.plan)));
  await Promise.all([bk, mb].map((one) => one.until(({ state }) => state.status === "green")));
}

async function end(one: Meeting): Promise<void> {
  open = open.filter((other) => other !== one);
  await one.close();
}

async function get(one: Meeting, url: string): Promise<{ statusCode: number; body: unknown; text: string }> {
  const headers = { authorization: `Bearer ${testToken}` };
  const { statusCode, payload } = await one.api.app.inject({ method: "GET", url, headers });
  return { statusCode, text: payload, body: url === "/metrics" ? undefined : JSON.parse(payload) };
}

const linesWith = ({ log }: Meeting, words: RegExp) => log.filter((line) => words.test(line)).length;

test("two healers that know each other's keys hear each other, and either is asked of both", async () => {
  await acquainted();
  const { peers } = peersSchema.parse((await get(bk, "/v1/peers")).body);
  assert.deepEqual(
    peers.map(({ peer, status, sentence, verdict, what }) => [peer, status, sentence, verdict, what]),
    [["mb", "green", "it answers", "fine", "all 3 machines beat and serve"]],
  );
  assert.deepEqual(statusSchema.parse((await get(bk, "/v1/status")).body).peers.length, 1);

  // mb may have heard bk only after it was asked for the first time.
  await bk.until((peer) => statusSchema.safeParse(peer.said?.status).data?.peers[0]?.status === "green");
  const said = peerStatusSchema.parse((await get(bk, "/v1/peers/mb/status")).body);
  assert.equal(said.isLive, true);
  assert.equal(said.status.host, "mb");
  assert.deepEqual(
    said.status.peers.map(({ peer, status }) => [peer, status]),
    [["bk", "green"]],
  );
  const slot = slotSchema.parse((await get(bk, "/v1/peers/mb/slots/web-1")).body);
  assert.deepEqual([slot.host, slot.slot, slot.facts.heartbeat?.service], ["mb", "web-1", "up"]);
  const history = historySchema.parse((await get(bk, "/v1/peers/mb/history?limit=1&slot=web-1")).body);
  assert.equal(history.host, "mb");

  const metrics = (await get(bk, "/metrics")).text;
  assert.match(metrics, /^vigil_peer_up\{peer="mb"\} 1$/m);
  assert.match(metrics, /^vigil_peer_last_seen_seconds\{peer="mb"\} 0/m);
  assert.deepEqual(bk.noted, [{ kind: "peer", peer: "mb", status: "green", sentence: "it answers" }]);
});

test("what a peer refuses is passed on in its own words; what is no peer is said here", async () => {
  await acquainted();
  assert.deepEqual((await get(bk, "/v1/peers/mb/slots/web-9")).body, {
    error: "notFound",
    message: "host mb has no slot web-9.",
    remedy: "it has lb-1, web-1, web-2.",
  });
  const long = await get(bk, `/v1/peers/mb/slots/${"x".repeat(1_000)}`);
  assert.deepEqual([long.statusCode, long.text.includes("host mb has no slot xxx")], [404, true]);
  const wrong = [
    ["/v1/peers/cc/status", "host bk has no peer cc.", "it has mb."],
    ["/v1/peers/bk/history", "host bk is no peer of itself.", "ask it without naming a peer."],
  ] as const;
  for (const [url, message, remedy] of wrong) {
    assert.deepEqual((await get(bk, url)).body, { error: "notFound", message, remedy });
  }
});

test("marks of a peer reach the others with its next view", async () => {
  await acquainted();
  mb.api.healer.hear({ kind: "pause", forMs: 60_000, by: "anna" });
  const { state } = await bk.until(({ state }) => state.view?.marks.pausedForMs !== undefined);
  assert.match(state.sentence, /^repairs are paused for \d+ s$/);
  await bk.until(({ state }) => state.view?.marks.workers?.drained === 0);
  for (const slot of ["web-1", "web-2"]) mb.api.healer.hear({ kind: "drain", slot, by: "anna", force: true });
  const workers = { own: 2, green: 2, drained: 2 };
  await bk.until(({ state }) => isDeepStrictEqual(state.view?.marks.workers, workers));
  mb.api.answers.watch(undefined);
  await bk.until(({ state }) => state.sentence === "it does not listen to its machines yet");
  // What it said before is still known, and how old it is.
  const said = peerStatusSchema.parse((await get(bk, "/v1/peers/mb/status")).body);
  assert.equal(said.status.verdict, "fine");
  assert.equal((await get(bk, "/v1/peers/mb/slots/web-1")).statusCode, 503);
});

test("a peer that was deployed with other site facts is green, and it is said", async () => {
  await acquainted();
  await mb.peers.watch({ ...mb.plan, site: "another" });
  await bk.until(({ state }) => state.sentence === "other site facts are deployed there than here");
});

test("a healer that ends says so first; then it is silent, its last word is kept, and nothing is done", async () => {
  await acquainted();
  await end(mb);
  const { state } = await bk.until((peer) => peer.state.status === "silent");
  assert.match(
    state.sentence,
    /^it went away on purpose \(its healer was told to end\); its host answers, and no healer listens on 127\.0\.0\.2:\d+$/,
  );
  assert.equal(state.view?.marks.ending, true, "it may be a reboot: nobody has drained its host");
  assert.deepEqual(
    bk.noted.map(({ status }) => status),
    ["green", "green", "silent"],
  );
  const said = peerStatusSchema.parse((await get(bk, "/v1/peers/mb/status")).body);
  assert.deepEqual([said.isLive, said.status.host, said.peer.reason], [false, "mb", "noListener"]);
  const asked = await get(bk, "/v1/peers/mb/slots/web-1");
  assert.equal(asked.statusCode, 503);
  assert.match(asked.text, /"peerUnavailable".*the healer of host mb does not answer: it went away on purpose/);
  assert.match((await get(bk, "/metrics")).text, /^vigil_peer_up\{peer="mb"\} 0$/m);
  assert.deepEqual(bk.api.asked, []);
  assert.equal(statusSchema.parse((await get(bk, "/v1/status")).body).verdict, "fine");
});

test("a host that is drained says so until it has returned, and its healer's end is told all the same", async () => {
  await acquainted();
  await mb.api.journal.append({ kind: "hostDrained", by: "anna", reason: "kernel update" });
  const drained = "it goes away on purpose: anna has drained it: kernel update";
  await bk.until(({ state }) => state.sentence === drained);
  // As right after a reboot.
  mb.api.answers.watch(undefined);
  await bk.until(({ state }) => state.sentence === `${drained}; it does not listen to its machines yet`);
  await mb.api.journal.append({ kind: "hostDrainEnded", outcome: "ok" });
  await bk.until(({ state }) => state.sentence === "it does not listen to its machines yet");
  await end(mb);
  const { state } = await bk.until((peer) => peer.state.status === "silent");
  assert.match(state.sentence, /^it went away on purpose \(its healer was told to end\)/);
});

test("a drained host whose healer is told to end is away for as long as a person wants", async () => {
  await acquainted();
  await mb.api.journal.append({ kind: "hostDrained", by: "anna", reason: "kernel update" });
  await end(mb);
  const { state } = await bk.until((peer) => peer.state.status === "silent");
  const { planned, ending } = state.view?.marks ?? {};
  assert.deepEqual([planned, ending], ["anna has drained it: kernel update", undefined]);
});

test("a healer that comes back is heard again, as another incarnation", async () => {
  await acquainted();
  const before = bk.peers.all[0]?.state.view?.incarnation;
  await end(mb);
  await bk.until(({ state }) => state.status === "silent");
  mb = await meeting("mb", port);
  open.push(mb);
  await Promise.all([bk.trust("mb", mb.key), mb.trust("bk", bk.key)]);
  await mb.peers.watch(mb.plan);
  const { state } = await bk.until((peer) => peer.state.status === "green");
  assert.notEqual(state.view?.incarnation, before);
  assert.match(
    bk.noted.at(-1)?.sentence ?? "",
    /^it answers again, \d+ s after its last word; its healer has started anew$/,
  );
});

test("a key that is pinned nowhere is refused at the handshake, and told once; both sides say what to do", async () => {
  await bk.trust("mb", mb.key);
  await Promise.all([bk, mb].map((one) => one.peers.watch(one.plan)));
  const { state } = await bk.until((peer) => peer.state.failure === "closed");
  assert.equal(state.status, "neverHeard");
  assert.match(state.sentence, /closes the connection without a word: .* on mb `vigil peer trust bk KEY`/);
  await sleep(500);
  const refused = new RegExp(`at the address of bk was refused: it has ${bk.key.fingerprint.replaceAll("+", "\\+")}`);
  assert.equal(linesWith(mb, refused), 1);
  const { state: other } = await mb.until((peer) => peer.state.failure === "noPin");
  assert.match(other.sentence, /no key of it is pinned in .*bk\.pub: on bk `vigil peer key`/);
  assert.equal((await get(mb, "/v1/peers/bk/status")).statusCode, 503);

  // Nobody has to be started anew for it.
  await mb.trust("bk", bk.key);
  await Promise.all([bk, mb].map((one) => one.until((peer) => peer.state.status === "green")));
});

test("a peer with another key than the pinned one is told nothing, and both fingerprints are named", async () => {
  await acquainted();
  const before = mb.key.fingerprint;
  await end(mb);
  mb = await meeting("mb", port);
  open.push(mb);
  await mb.trust("bk", bk.key);
  await mb.peers.watch(mb.plan);
  const { state } = await bk.until((peer) => peer.state.status === "refused");
  assert.ok(state.sentence.includes(`has ${mb.key.fingerprint}, and pinned is ${before}`), state.sentence);
  assert.match(state.sentence, /if mb has a new key, `vigil peer trust mb KEY`/);
  await sleep(300);
  assert.equal(linesWith(bk, /"page":"peerKey".*peer mb: it is refused/), 1);
  await bk.trust("mb", mb.key);
  await bk.until((peer) => peer.state.status === "green");
});

test("a key that is trusted no longer ends the connections that stand", async () => {
  await acquainted();
  await rm(join(bk.dir, "peers", "mb.pub"));
  const { state } = await bk.until((peer) => peer.state.status === "silent");
  assert.match(state.sentence, /no key of it is pinned/);
  await mb.until((peer) => peer.state.status === "silent");
});

test("a healer whose key cannot be used says why, and goes on without peers", async () => {
  await writeFile(join(bk.dir, "peer.key"), "no key", { mode: 0o600 });
  const { Peers } = await import("./peers.ts");
  const lines: string[] = [];
  const log = { info() {}, error: (_: object, line: string) => void lines.push(line) } as never;
  const place = { keyPath: join(bk.dir, "peer.key"), pinsDir: bk.dir, port, intervalMs: 50 };
  const peers = await Peers.open({ host: "bk", place, log, note() {} });
  await peers.watch(bk.plan);
  assert.match(lines.join(""), /^this healer meets no peers: .*peer\.key holds no ed25519 private key/);
  assert.deepEqual(
    peers.all.map(({ host, state }) => [host, state.status]),
    [["mb", "neverHeard"]],
  );
  assert.match(peers.all[0]?.state.sentence ?? "", /^this host has no key to meet it by: .*peer\.key holds no/);
  await peers.close();
});
