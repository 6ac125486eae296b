/** The way to one peer: asks it over connections that are kept, and says of each question that came to nothing why. */
import type { TcpSocketConnectOpts } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { type buildConnector, Pool } from "undici";
import type { PeerFailure } from "../core/peer.ts";
import type { PeerKey } from "./peerKey.ts";
import { type Credentials, shownKey } from "./tls.ts";

export interface LinkOptions {
  /** Of this host and of the peer. */
  readonly host: string;
  readonly peer: string;
  readonly localAddress: string;
  readonly address: string;
  readonly port: number;
  readonly credentials: Credentials;
  /** The only key that is talked to. */
  readonly key: PeerKey;
}

export const linkLimits = {
  /** One for the views, and one for questions of persons, which must not hold those up. */
  connections: 2,
  /** A peer that has not answered by then is counted as not having answered. */
  timeoutMs: 1_500,
  /** What a person asks may take longer than a view. */
  questionTimeoutMs: 5_000,
  maxAnswerBytes: 4 * 1024 * 1024,
} as const;

export class LinkError extends Error {
  readonly failure: PeerFailure;

  constructor(failure: PeerFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

export interface LinkAnswer {
  readonly status: number;
  readonly text: string;
}

export class PeerLink {
  readonly #options: LinkOptions;
  readonly #pool: Pool;
  /** Whether the peer has ever answered: one that closes before it did may not know this host. */
  #answered = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#pool = new Pool(`https://${options.address}:${options.port}`, {
      connect: (_options: buildConnector.Options, done: buildConnector.Callback) => this.#connect(done),
      connections: linkLimits.connections,
      pipelining: 1,
      headersTimeout: linkLimits.questionTimeoutMs,
      bodyTimeout: linkLimits.questionTimeoutMs,
      maxResponseSize: linkLimits.maxAnswerBytes,
    });
  }

  get key(): PeerKey {
    return this.#options.key;
  }

  /** Rejects LinkError. */
  async ask(path: string, timeoutMs: number = linkLimits.timeoutMs): Promise<LinkAnswer> {
    try {
      const answer = await this.#pool.request({ method: "GET", path, signal: AbortSignal.timeout(timeoutMs) });
      const text = await answer.body.text();
      this.#answered = true;
      return { status: answer.statusCode, text };
    } catch (error) {
      throw this.#explained(error as NodeJS.ErrnoException, timeoutMs);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** Nothing is sent before the other side has proved to have the pinned key. */
  #connect(done: buildConnector.Callback): void {
    const { address, port, localAddress, credentials } = this.#options;
    // Bound to the planned address, by which the other side knows who may knock at all.
    const options: ConnectionOptions & TcpSocketConnectOpts = { ...credentials, host: address, port, localAddress };
    const socket = connect(options);
    socket.setNoDelay(true);
    const deadline = setTimeout(() => socket.destroy(timeout(linkLimits.timeoutMs)), linkLimits.timeoutMs);
    const end = (error: Error) => {
      clearTimeout(deadline);
      done(error, null);
    };
    socket.once("error", end);
    socket.once("secureConnect", () => {
      clearTimeout(deadline);
      socket.off("error", end);
      const problem = this.#wrongKey(socket);
      if (problem === undefined) return done(null, socket);
      // Whatever else happens to this connection concerns nobody.
      socket.on("error", () => {}).destroy();
      done(problem, null);
    });
  }

  #wrongKey(socket: TLSSocket): LinkError | undefined {
    const { key, peer, address, port } = this.#options;
    const shown = shownKey(socket);
    if (shown?.text === key.text) return undefined;
    const found = shown?.fingerprint ?? "no ed25519 key";
    return new LinkError(
      "wrongKey",
      `whoever answers on ${address}:${port} has ${found}, and pinned is ${key.fingerprint}: if ${peer} has a new key, \`vigil peer trust ${peer} KEY\``,
    );
  }

  #explained(error: NodeJS.ErrnoException, timeoutMs: number): LinkError {
    if (error instanceof LinkError) return error;
    const { host, peer, address, port, localAddress } = this.#options;
    switch (error.code) {
      case "ECONNREFUSED":
        return new LinkError("noListener", `its host answers, and no healer listens on ${address}:${port}`);
      case "EHOSTUNREACH":
      case "ENETUNREACH":
        return new LinkError("unreachable", `${address} cannot be reached: ${error.code}`);
      case "EADDRNOTAVAIL":
        return new LinkError("unreachable", `this host itself does not have its address ${localAddress}`);
      case "ETIMEDOUT":
      case "UND_ERR_HEADERS_TIMEOUT":
      case "UND_ERR_BODY_TIMEOUT":
        return timeout(timeoutMs);
      case "UND_ERR_SOCKET":
      case "ECONNRESET":
      case "EPIPE":
        return new LinkError("closed", this.#answered ? "it closed the connection" : unknownThere(host, peer));
      default:
        if (error.name === "TimeoutError") return timeout(timeoutMs);
        return new LinkError("garbage", `what answers on ${address}:${port} is no healer: ${error.message}`);
    }
  }
}

function timeout(timeoutMs: number): LinkError {
  return new LinkError("timeout", `it does not answer within ${timeoutMs / 1_000} s`);
}

function unknownThere(host: string, peer: string): string {
  return `it closes the connection without a word: perhaps this host's key is not pinned there; on ${peer} \`vigil peer trust ${host} KEY\` with what \`vigil peer key\` prints here`;
}
