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

/** A check that is under way on a connection. At most one of these is called, and only once. */
interface Waiting {
  answered(answer: Answer): void;
  failed(fault: string, isRefused: boolean): void;
  aborted(): void;
}

/** More than any answer has: what is longer comes in pieces. */
const readBytes = 4096;

/**
 * One connection, for one check after the other. It reads past Node's streams and has its listeners for all its life:
 * otherwise these would be much of what a check costs, which counts with dozens a second in an emulated machine.
 */
class Connection {
  readonly #socket: Socket;
  readonly #onIdleClose: () => void;
  #waiting: Waiting | undefined;
  readonly #buffer = Buffer.alloc(readBytes);
  #text = "";
  #isDiscarded = false;

  /** `onIdleClose` is called when it ends while no check is under way. */
  constructor(address: string, port: number, onIdleClose: () => void) {
    this.#onIdleClose = onIdleClose;
    const onread = { buffer: this.#buffer, callback: this.#read.bind(this) };
    this.#socket = connect({ host: address, port, noDelay: true, onread });
    this.#socket.on("error", (error) => this.#erred(error));
    this.#socket.on("close", () => this.#closed());
  }

  /** To be called only while no check is under way. */
  ask(request: string, waiting: Waiting): void {
    this.#waiting = waiting;
    this.#text = "";
    this.#socket.write(request, "latin1");
  }

  /** Ends it without a word to whoever waits. */
  discard(): void {
    this.#isDiscarded = true;
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  /** What comes unasked is nobody's concern. */
  #read(length: number): boolean {
    if (this.#waiting === undefined) return true;
    this.#text += this.#buffer.toString("latin1", 0, length);
    const answer = parseAnswer(this.#text);
    if (typeof answer === "string") this.#fail(answer);
    else if (answer !== undefined) this.#take()?.answered(answer);
    return true;
  }

  #erred({ code = "", message }: NodeJS.ErrnoException): void {
    // Without a check under way its end is told when it closes.
    if (this.#waiting === undefined) return;
    if (code !== "ECONNABORTED") {
      this.#fail(faults[code] ?? `failed: ${message}`, code === "ECONNREFUSED");
      return;
    }
    const waiting = this.#take();
    this.discard();
    waiting?.aborted();
  }

  #closed(): void {
    if (this.#isDiscarded) return;
    if (this.#waiting === undefined) this.#onIdleClose();
    else this.#fail("was cut off");
  }

  #fail(fault: string, isRefused = false): void {
    const waiting = this.#take();
    this.discard();
    waiting?.failed(fault, isRefused);
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}

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
  #idle: Connection | undefined;

  /** `onIdleClose` is called when the other side closes the kept connection while no check is under way. */
  constructor(address: string, port: number, path: string, onIdleClose: () => void) {
    this.#address = address;
    this.#port = port;
    this.#request = `GET ${path} HTTP/1.1\r\nHost: ${address}:${port}\r\nUser-Agent: vigil\r\n\r\n`;
    this.#onIdleClose = onIdleClose;
  }

  /** Starts a check. `done` is called at most once, and never after the check was given up. */
  check(done: (result: ProbeResult) => void): ProbeCheck {
    const kept = this.#idle;
    this.#idle = undefined;
    let connection = kept ?? this.#connect();
    let isDone = false;
    const waiting: Waiting = {
      answered: (answer) => {
        isDone = true;
        this.#keep(connection, answer.keepAlive);
        done({ answer });
      },
      failed: (fault, isRefused) => {
        if (connection !== kept) return done({ fault, isRefused });
        connection = this.#connect();
        connection.ask(this.#request, waiting);
      },
      aborted: () => done({ aborted: true }),
    };
    connection.ask(this.#request, waiting);
    return {
      giveUp: () => {
        // One that has been answered is the next check's.
        if (!isDone) connection.discard();
      },
    };
  }

  close(): void {
    this.#idle?.discard();
    this.#idle = undefined;
  }

  #connect(): Connection {
    const connection = new Connection(this.#address, this.#port, () => {
      if (this.#idle !== connection) return;
      this.#idle = undefined;
      this.#onIdleClose();
    });
    return connection;
  }

  #keep(connection: Connection, keepAlive: boolean): void {
    if (keepAlive && this.#idle === undefined) this.#idle = connection;
    else connection.discard();
  }
}
