import { connect, type Socket } from "node:net";
import { type Answer, parseAnswer } from "./healthAnswer.ts";

/** `aborted`: this machine itself ended the connection, which says nothing about the other. */
export type ProbeResult = { readonly answer: Answer } | Fault | { readonly aborted: true };

/** `isRefused`: the machine said that nothing listens there. */
interface Fault {
  readonly fault: string;
  readonly isRefused: boolean;
}

/** A check under way. */
export interface ProbeCheck {
  giveUp(): void;
}

/** Error codes in the words of a reason: "the check was refused". */
const faults: Readonly<Record<string, string>> = {
  ECONNREFUSED: "was refused",
  ECONNRESET: "was cut off",
  EPIPE: "was cut off",
  EHOSTUNREACH: "found no such machine",
  ENETUNREACH: "found no way to its network",
};

/**
 * Sends health checks to one address and keeps one connection for them, so that a process that dies is noticed by its
 * closing connection and not only by the next check. A failure on a kept connection is tried once more on a fresh one:
 * it may only mean that the service closed it.
 */
export class HealthProbe {
  readonly #address: string;
  readonly #port: number;
  readonly #request: string;
  readonly #onIdleClose: () => void;
  #idle: Socket | undefined;

  /** `onIdleClose` is called when the other side closes the kept connection while no check is under way. */
  constructor(address: string, port: number, path: string, onIdleClose: () => void) {
    this.#address = address;
    this.#port = port;
    this.#request = `GET ${path} HTTP/1.1\r\nHost: ${address}:${port}\r\nUser-Agent: vigil\r\n\r\n`;
    this.#onIdleClose = onIdleClose;
  }

  /** Starts a check. `done` is called at most once, and never after the check was given up. */
  check(done: (result: ProbeResult) => void): ProbeCheck {
    let socket = this.#takeIdle();
    let isFresh = socket === undefined;
    const attempt = (): Socket => {
      const current = socket ?? connect({ host: this.#address, port: this.#port, noDelay: true });
      let text = "";
      const fail = (fault: string, isRefused = false) => {
        discard(current);
        if (isFresh) return done({ fault, isRefused });
        isFresh = true;
        socket = undefined;
        socket = attempt();
      };
      current.on("error", ({ code = "", message }: NodeJS.ErrnoException) => {
        if (code !== "ECONNABORTED") return fail(faults[code] ?? `failed: ${message}`, code === "ECONNREFUSED");
        discard(current);
        done({ aborted: true });
      });
      current.on("close", () => fail("was cut off"));
      current.on("data", (chunk: Buffer) => {
        text += chunk.toString("latin1");
        const answer = parseAnswer(text);
        if (answer === undefined) return;
        if (typeof answer === "string") return fail(answer);
        current.removeAllListeners();
        this.#keep(current, answer.keepAlive);
        done({ answer });
      });
      current.write(this.#request);
      return current;
    };
    socket = attempt();
    return { giveUp: () => discard(socket) };
  }

  close(): void {
    discard(this.#idle);
    this.#idle = undefined;
  }

  #takeIdle(): Socket | undefined {
    const socket = this.#idle;
    this.#idle = undefined;
    socket?.removeAllListeners();
    return socket;
  }

  #keep(socket: Socket, keepAlive: boolean): void {
    socket.on("error", ignore);
    if (!keepAlive || this.#idle !== undefined || socket.destroyed) {
      socket.destroy();
      return;
    }
    this.#idle = socket;
    socket.on("close", () => {
      if (this.#idle !== socket) return;
      this.#idle = undefined;
      this.#onIdleClose();
    });
  }
}

function discard(socket: Socket | undefined): void {
  socket?.removeAllListeners();
  socket?.on("error", ignore);
  socket?.destroy();
}

/** What happens on a connection that was given up is nobody's concern, but an error without a listener ends the process. */
function ignore(): void {}
