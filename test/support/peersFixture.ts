/** Healers that know each other, each on an address of loopback and with a folder of its own. Their machines are made up. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pino from "pino";
import type { KnownPeer } from "../../healer/api/knownPeers.ts";
import { ensureIdentity } from "../../healer/peers/identity.ts";
import type { PeerKey } from "../../healer/peers/peerKey.ts";
import { Peers } from "../../healer/peers/peers.ts";
import type { PeersPlan } from "../../healer/peers/peersPlan.ts";
import { trustPeer } from "../../healer/peers/pins.ts";
import { type ApiFixture, apiFixture } from "./apiFixture.ts";

export const addressOf: Readonly<Record<string, string>> = { bk: "127.0.0.1", mb: "127.0.0.2" };

const patienceMs = 20_000;

export interface Meeting {
  readonly host: string;
  readonly dir: string;
  readonly key: PeerKey;
  readonly peers: Peers;
  readonly api: ApiFixture;
  readonly log: string[];
  /** Entries for the journal. */
  readonly noted: { readonly peer: string; readonly status: string; readonly sentence: string }[];
  readonly plan: PeersPlan;
  trust(peer: string, key: PeerKey): Promise<void>;
  /** Resolves when what is known of the other host is so. Rejects with what it is, if that takes too long. */
  until(what: (peer: KnownPeer) => boolean): Promise<KnownPeer>;
  close(): Promise<void>;
}

/** A healer that listens to its machines, and does not meet its peers before `peers.watch(plan)`. */
export async function meeting(host: "bk" | "mb", port: number): Promise<Meeting> {
  const dir = await mkdtemp(join(tmpdir(), `vigil-peers-${host}-`));
  const place = { keyPath: join(dir, "peer.key"), pinsDir: join(dir, "peers"), port, intervalMs: 50 };
  const log: string[] = [];
  const noted: Meeting["noted"] = [];
  const peers = await Peers.open({
    host,
    place,
    log: pino({}, { write: (line) => void log.push(line) }),
    note: (entry) => void noted.push(entry as Meeting["noted"][number]),
  });
  const other = host === "bk" ? "mb" : "bk";
  const site = { host, others: { [other]: 2 }, hasWitness: false };
  const api = await apiFixture({ host, peers, site });
  peers.answerBy(api.answers);
  api.beatAll();
  const { key } = await ensureIdentity(place.keyPath);
  const plan = { address: addressOf[host] ?? "", peers: { [other]: addressOf[other] ?? "" }, site: "the same" };
  return {
    host,
    dir,
    key,
    peers,
    api,
    log,
    noted,
    plan,
    trust: async (peer, trusted) => {
      await trustPeer(place.pinsDir, { peer, key: trusted, peers: Object.keys(addressOf), own: key });
    },
    until: (what) => until(peers, what),
    async close() {
      await peers.close();
      await api.close();
      await rm(dir, { recursive: true });
    },
  };
}

async function until(peers: Peers, what: (peer: KnownPeer) => boolean): Promise<KnownPeer> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const [peer] = peers.all;
    if (peer !== undefined && what(peer)) return peer;
    assert.ok(performance.now() < deadlineMs, `it is still ${peer?.state.status}: ${peer?.state.sentence}`);
    await sleep(20);
  }
}

/** A port that nobody has on any address of loopback that is used here. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
