/**
 * The socket that peers come in by. Everybody on the service's segment can reach it, the guests too, so that a connection is
 * led through one gate after the other and ends at the first one that it does not pass: the address of a planned peer, a
 * place among few, TLS 1.3 within two seconds, a pinned key. Only then does anything read what it asks.
 */
import { createServer as createNetServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { Logger } from "pino";
import type { PeerKey } from "./peerKey.ts";
import { type Credentials, shownKey } from "./tls.ts";

export interface DoorOptions {
  /** The one address that is listened on. */
  readonly address: string;
  readonly port: number;
  readonly credentials: Credentials;
  /** The planned peers' addresses, each with the host that has it. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The host whose pinned key this is; undefined if it is nobody's. */
  readonly hostOf: (key: PeerKey) => string | undefined;
  /** Takes a connection of a peer, to read what it asks. */
  readonly admit: (socket: TLSSocket, host: string) => void;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
}

export const doorLimits = {
  /** A healer keeps one connection, and has a second one for questions of persons. One that was cut may linger beside. */
  connectionsPerAddress: 4,
  handshakeTimeoutMs: 2_000,
  /** An address that is missing while the machine starts, or a port that is taken, is tried again. */
  retryMs: 5_000,
  /** Whoever knocks is told of once; so many are remembered. */
  told: 64,
} as const;

export class Door {
  readonly #options: DoorOptions;
  readonly #server: Server;
  readonly #open = new Map<Socket, string>();
  readonly #admitted = new Map<TLSSocket, PeerKey>();
  readonly #told = new Set<string>();
  readonly #closing = new AbortController();
  readonly #listening: Promise<void>;

  constructor(options: DoorOptions) {
    this.#options = options;
    const tls = createTlsServer({
      ...options.credentials,
      requestCert: true,
      handshakeTimeout: doorLimits.handshakeTimeoutMs,
    });
    tls.on("secureConnection", (socket) => this.#handshaken(socket));
    // A handshake that fails is the other side's concern, and the connection is gone.
    tls.on("tlsClientError", (_error, socket) => socket.destroy());
    this.#server = createNetServer((socket) => {
      if (this.#enters(socket)) tls.emit("connection", socket);
      else socket.destroy();
    });
    this.#listening = this.#listen();
  }

  /** Resolves when it listens, or is closed. */
  get listening(): Promise<void> {
    return this.#listening;
  }

  get port(): number | undefined {
    const address = this.#server.address();
    return typeof address === "object" ? address?.port : undefined;
  }

  /** The hosts that have a connection. */
  get guests(): Set<string> {
    return new Set([...this.#admitted.values()].flatMap((key) => this.#options.hostOf(key) ?? []));
  }

  /** Ends the connections of those whose key is no longer pinned. */
  recheck(): void {
    for (const [socket, key] of this.#admitted) if (this.#options.hostOf(key) === undefined) socket.destroy();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const socket of this.#open.keys()) socket.destroy();
    await this.#listening;
    if (!this.#server.listening) return;
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    const { address, port, log } = this.#options;
    while (!this.#closing.signal.aborted) {
      const failure = await listenOnce(this.#server, address, port);
      if (failure === undefined) {
        this.#server.on("error", (error) => log.error(error, "the socket for peers failed"));
        log.info(`peers are answered on ${address}:${this.port}`);
        return;
      }
      const remedy = failure.code === "EADDRINUSE" ? `\`ss -ltnp sport = :${port}\` says who has it` : failure.message;
      this.#tellOnce(`listen ${failure.code}`, () => {
        log.error(
          { page: "noPeers" },
          `no peer can ask this healer: it cannot listen on ${address}:${port}; ${remedy}`,
        );
      });
      await sleep(doorLimits.retryMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
  }

  #enters(socket: Socket): boolean {
    const address = socket.remoteAddress ?? "";
    const { addresses, log } = this.#options;
    if (addresses[address] === undefined) {
      this.#tellOnce(address, () =>
        log.warn(`${address} is no host of the site, and was not let in at the peers' port`),
      );
      return false;
    }
    const same = [...this.#open.values()].filter((other) => other === address);
    if (same.length >= doorLimits.connectionsPerAddress) return false;
    this.#open.set(socket, address);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#open.delete(socket));
    return true;
  }

  #handshaken(socket: TLSSocket): void {
    const { addresses, hostOf, admit, log } = this.#options;
    socket.on("error", () => socket.destroy());
    const key = shownKey(socket);
    const host = key && hostOf(key);
    if (key !== undefined && host !== undefined) {
      this.#admitted.set(socket, key);
      socket.on("close", () => this.#admitted.delete(socket));
      admit(socket, host);
      return;
    }
    const from = addresses[socket.remoteAddress ?? ""] ?? "a host that has gone";
    const shown = key?.fingerprint ?? "no ed25519 key";
    this.#tellOnce(`${from} ${shown}`, () => {
      log.warn(
        { page: "peerKey" },
        `a healer at the address of ${from} was refused: it has ${shown}, which is pinned for no host; if that is the key of ${from}, \`vigil peer trust ${from} KEY\``,
      );
    });
    socket.destroy();
  }

  #tellOnce(what: string, tell: () => void): void {
    if (this.#told.has(what) || this.#told.size >= doorLimits.told) return;
    this.#told.add(what);
    tell();
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off("listening", listening);
      resolve(error);
    };
    const listening = () => {
      server.off("error", failed);
      resolve(undefined);
    };
    server.once("error", failed).once("listening", listening).listen({ host, port });
  });
}
