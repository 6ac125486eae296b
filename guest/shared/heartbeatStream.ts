import type { IncomingMessage, ServerResponse } from "node:http";

/** More listeners than a site has healers, and few enough that a leak of connections cannot eat a small machine. */
const maxListeners = 32;
/** A listener that has left this much unread is not listening any more. */
const maxUnreadBytes = 64 * 1024;

/** Server-sent events for any number of listeners from one timer, which runs only while somebody listens. */
export class HeartbeatStream {
  readonly #listeners = new Set<ServerResponse>();
  readonly #beat: () => object;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(beat: () => object, intervalMs = 200) {
    this.#beat = beat;
    this.#intervalMs = intervalMs;
  }

  attach(request: IncomingMessage, response: ServerResponse): void {
    if (this.#listeners.size >= maxListeners) {
      response.writeHead(503, { "content-type": "text/plain" });
      response.end(`${maxListeners} listeners are connected, which is the most this machine serves\n`);
      return;
    }
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // A proxy on the way must pass each event on at once.
      "x-accel-buffering": "no",
    });
    request.socket.setNoDelay(true);
    response.on("close", () => this.#detach(response));
    this.#listeners.add(response);
    response.write(this.#event());
    this.#timer ??= setInterval(() => this.#send(), this.#intervalMs);
  }

  /** Ends every stream, so that the server can close. */
  close(): void {
    for (const listener of this.#listeners) listener.end();
    clearInterval(this.#timer);
  }

  #event(): string {
    return `data: ${JSON.stringify(this.#beat())}\n\n`;
  }

  #send(): void {
    const event = this.#event();
    for (const listener of this.#listeners) {
      if (listener.writableLength > maxUnreadBytes) listener.destroy();
      else listener.write(event);
    }
  }

  #detach(listener: ServerResponse): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
