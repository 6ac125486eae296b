/** The healers of the other hosts: what each is believed to be, and what this one tells them. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Answers } from "../api/answers.ts";
import type { KnownPeer, KnownPeers } from "../api/knownPeers.ts";
import type { Status } from "../api/schemas.ts";
import { version } from "../api/version.ts";
import { type PeerState, unheardPeer } from "../core/peer.ts";
import { Door } from "./door.ts";
import { ensureIdentity } from "./identity.ts";
import { type ViewMessage, viewVersion } from "./message.ts";
import { peerKeyPath, peerPinsDir, peerPort } from "./peerAddress.ts";
import type { PeerKey } from "./peerKey.ts";
import { linkLimits } from "./peerLink.ts";
import { createPeerServer } from "./peerServer.ts";
import type { PeersPlan } from "./peersPlan.ts";
import { PeerWatch } from "./peerWatch.ts";
import { type Credentials, credentialsOf } from "./tls.ts";

export interface PeersOptions {
  readonly host: string;
  readonly log: Logger;
  /** Writes an entry into the journal. */
  readonly note: (entry: object) => void;
  /** Another place than a host's own, for tests. */
  readonly place?: PeersPlace;
}

export interface PeersPlace {
  readonly keyPath: string;
  readonly pinsDir: string;
  readonly port: number;
  /** How often each peer is asked. */
  readonly intervalMs: number;
}

const hostsOwn: PeersPlace = { keyPath: peerKeyPath, pinsDir: peerPinsDir, port: peerPort, intervalMs: 1_000 };

/** So long a healer that ends waits for its peers to have read that it ends on purpose. */
const farewellMs = 1_500;

/** What lives as long as one plan does. */
interface Session {
  readonly plan: PeersPlan;
  readonly watches: ReadonlyMap<string, PeerWatch>;
  readonly door: Door;
  readonly server: FastifyInstance;
  readonly ending: AbortController;
  readonly rounds: Promise<unknown>;
}

export class Peers implements KnownPeers {
  readonly #options: PeersOptions;
  readonly #place: PeersPlace;
  /** What it meets its peers by, or why it has nothing. */
  readonly #credentials: Credentials | { readonly problem: string };
  /** Those whom it would meet if it could. */
  #unmet: readonly KnownPeer[] = [];
  readonly #incarnation = randomUUID();
  #sequence = 0;
  #answers: Answers | undefined;
  #session: Session | undefined;
  #leaving: string | undefined;
  /** Who has read last that this host, or only its healer, goes away on purpose. */
  readonly #toldSo = new Set<string>();

  private constructor(options: PeersOptions, credentials: Credentials | { readonly problem: string }) {
    this.#options = options;
    this.#place = options.place ?? hostsOwn;
    this.#credentials = credentials;
  }

  /** A healer without peers still heals: resolves in any case, and says in the log if it has no identity to meet them by. */
  static async open(options: PeersOptions): Promise<Peers> {
    const { log, place = hostsOwn } = options;
    try {
      const identity = await ensureIdentity(place.keyPath);
      log.info({ fingerprint: identity.key.fingerprint }, "this healer's key for its peers");
      return new Peers(options, credentialsOf(identity));
    } catch (error) {
      const { message } = error as Error;
      log.error({ page: "noPeers" }, `this healer meets no peers: ${message}`);
      return new Peers(options, { problem: message });
    }
  }

  /** Whatever peers are told comes from here. */
  answerBy(answers: Answers): void {
    this.#answers = answers;
  }

  get all(): readonly KnownPeer[] {
    if (this.#session === undefined) return this.#unmet;
    return [...this.#session.watches.values()].map(({ known }) => known);
  }

  async ask(peer: string, path: string) {
    const watch = this.#session?.watches.get(peer);
    if (watch === undefined) throw new Error(`${peer} is no peer of this host.`);
    return await watch.ask(path, linkLimits.questionTimeoutMs);
  }

  /** Where it listens; undefined if it does not. */
  get port(): number | undefined {
    return this.#session?.door.port;
  }

  /**
   * Meets the peers of a plan from now on. What is known of them stays while the plan does. Never rejects: machines are
   * healed without peers, too.
   */
  async watch(plan: PeersPlan): Promise<void> {
    if (isDeepStrictEqual(this.#session?.plan, plan)) return;
    await this.#end();
    const credentials = this.#credentials;
    if ("problem" in credentials)
      this.#unmet = unmet(plan, `this host has no key to meet it by: ${credentials.problem}`);
    if ("problem" in credentials || this.#answers === undefined || Object.keys(plan.peers).length === 0) return;
    this.#session = await this.#begin(plan, credentials, this.#answers).catch((error: Error) => {
      this.#options.log.error({ page: "noPeers", err: error }, "this healer meets no peers");
      return undefined;
    });
  }

  /** Lets the peers know that this end is meant, and ends. */
  async close(): Promise<void> {
    this.#leaving = "its healer was told to end";
    const deadlineMs = performance.now() + farewellMs;
    while (performance.now() < deadlineMs && this.#isAwaited()) await sleep(20);
    await this.#end();
  }

  #isAwaited(): boolean {
    const guests = this.#session?.door.guests ?? new Set();
    return [...guests].some((host) => !this.#toldSo.has(host));
  }

  async #begin(plan: PeersPlan, credentials: Credentials, answers: Answers): Promise<Session> {
    const watches = this.#watchesOf(plan, credentials);
    // Whoever comes in before the pins were read would be taken for a stranger.
    await Promise.all([...watches.values()].map((watch) => watch.readPin()));
    const hosts = new WeakMap<object, string>();
    const { log } = this.#options;
    const server = await createPeerServer({
      answers,
      view: () => this.#view(plan),
      onViewed: (asker, { marks }) => {
        if (marks.planned === undefined) this.#toldSo.delete(asker);
        else this.#toldSo.add(asker);
      },
      hostAt: (socket) => hosts.get(socket),
      log,
    });
    const door = new Door({
      address: plan.address,
      port: this.#place.port,
      credentials,
      addresses: Object.fromEntries(Object.entries(plan.peers).map(([host, address]) => [address, host])),
      hostOf: (key) => hostWith(key, watches),
      admit: (socket, host) => {
        hosts.set(socket, host);
        server.server.emit("connection", socket);
      },
      log,
    });
    const ending = new AbortController();
    const rounds = Promise.all([...watches.values()].map((watch) => watch.run(ending.signal)));
    rounds.catch((error: Error) => log.error(error, "peers are no longer asked"));
    return { plan, watches, door, server, ending, rounds };
  }

  #watchesOf({ address, peers, site }: PeersPlan, credentials: Credentials): Map<string, PeerWatch> {
    const { host } = this.#options;
    const { pinsDir, port, intervalMs } = this.#place;
    const nowMs = () => performance.now();
    const onPin = () => this.#session?.door.recheck();
    const onNews = (state: PeerState, sentence: string) => this.#tell(state, sentence);
    const common = { host, localAddress: address, port, credentials, pinsDir, site, intervalMs, nowMs, onPin, onNews };
    const watches = Object.entries(peers).map(([peer, peerAddress]) => {
      return [peer, new PeerWatch({ ...common, peer, address: peerAddress })] as const;
    });
    return new Map(watches);
  }

  async #end(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    session.ending.abort();
    await session.door.close();
    await session.server.close();
    await session.rounds.catch(() => {});
  }

  #tell({ peer, status }: PeerState, sentence: string): void {
    const { log, note } = this.#options;
    note({ kind: "peer", peer, status, sentence });
    if (status === "refused") log.error({ peer, page: "peerKey" }, `peer ${peer}: ${sentence}`);
    else log.info({ peer, status }, `peer ${peer}: ${sentence}`);
  }

  async #view({ site }: PeersPlan): Promise<ViewMessage> {
    const status = await this.#status();
    const drained = this.#answers?.absence;
    this.#sequence += 1;
    return {
      version: viewVersion,
      host: this.#options.host,
      healer: version,
      incarnation: this.#incarnation,
      sequence: this.#sequence,
      site,
      marks: {
        updating: status?.updating?.slots,
        pausedForMs: status?.paused?.forMs,
        planned: drained ?? this.#leaving,
        // Whoever ends a drained host's healer has not taken the host back.
        ending: (drained === undefined && this.#leaving !== undefined) || undefined,
        workers: status && ownWorkers(status),
      },
      ...(status === undefined ? {} : { status }),
    };
  }

  /** Undefined while this healer does not listen to its machines. */
  async #status(): Promise<Status | undefined> {
    if (this.#answers?.known === undefined) return undefined;
    return await this.#answers.status().catch(() => undefined);
  }
}

function ownWorkers({ slots }: Status): NonNullable<ViewMessage["marks"]["workers"]> {
  const own = slots.filter(({ role, standsInFor }) => role === "worker" && standsInFor === undefined);
  return {
    own: own.length,
    green: own.filter(({ status }) => status === "green").length,
    drained: own.filter(({ drained }) => drained !== undefined).length,
  };
}

function hostWith(key: PeerKey, watches: ReadonlyMap<string, PeerWatch>): string | undefined {
  return [...watches].find(([, watch]) => watch.key?.text === key.text)?.[0];
}

function unmet({ peers }: PeersPlan, sentence: string): KnownPeer[] {
  return Object.entries(peers).map(([host, address]) => {
    return { host, address, state: { ...unheardPeer(host, performance.now()), sentence } };
  });
}
