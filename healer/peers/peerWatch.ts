/** Watches one peer: asks for its view again and again, and keeps what is believed of it and what it said last. */
import { setTimeout as sleep } from "node:timers/promises";
import type { KnownPeer } from "../api/knownPeers.ts";
import { hearPeer, type PeerEvent, type PeerState, type PeerView, unheardPeer } from "../core/peer.ts";
import { MessageError, parseView, type ViewMessage } from "./message.ts";
import type { PeerKey } from "./peerKey.ts";
import { type LinkAnswer, LinkError, type LinkOptions, PeerLink } from "./peerLink.ts";
import { type Pin, readPin } from "./pins.ts";

export interface PeerWatchOptions extends Omit<LinkOptions, "key"> {
  readonly pinsDir: string;
  /** The digest of the site facts that are deployed here. */
  readonly site: string;
  readonly nowMs: () => number;
  /** From the beginning of one question to the next one's, if the answer does not take longer. */
  readonly intervalMs: number;
  /** Takes what is news of the peer, in a sentence. */
  readonly onNews: (state: PeerState, sentence: string) => void;
  /** Another key is pinned than before, or none. */
  readonly onPin: () => void;
}

export class PeerWatch {
  readonly #options: PeerWatchOptions;
  #state: PeerState;
  #said: KnownPeer["said"];
  #healer: string | undefined;
  #pin: Pin = { problem: "its key was not read yet" };
  #link: PeerLink | undefined;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
    this.#state = unheardPeer(options.peer, options.nowMs());
  }

  get known(): KnownPeer {
    const { peer, address } = this.#options;
    return {
      host: peer,
      address,
      state: this.#state,
      ...(this.#healer === undefined ? {} : { healer: this.#healer }),
      ...(this.#said === undefined ? {} : { said: this.#said }),
    };
  }

  get key(): PeerKey | undefined {
    return this.#pin.key;
  }

  /** A file that a person may have written just now. Nobody needs to start the healer anew for it. */
  async readPin(): Promise<void> {
    const { pinsDir, peer, onPin } = this.#options;
    const pin = await readPin(pinsDir, peer);
    const isNew = pin.key?.text !== this.#pin.key?.text;
    this.#pin = pin;
    if (!isNew) return;
    await this.#link?.close();
    this.#link = pin.key && new PeerLink({ ...this.#options, key: pin.key });
    onPin();
  }

  /** Resolves when the signal has aborted and all connections are closed. */
  async run(signal: AbortSignal): Promise<void> {
    const { nowMs, intervalMs } = this.#options;
    signal.addEventListener("abort", () => void this.#link?.close(), { once: true });
    while (!signal.aborted) {
      const begunMs = nowMs();
      await this.readPin();
      const event = await this.#askForView();
      // Whoever ends takes the end of its own connections for nobody's silence.
      if (signal.aborted) break;
      this.#hear(event);
      const restMs = Math.max(0, intervalMs - (nowMs() - begunMs));
      await sleep(restMs, undefined, { signal }).catch(() => {});
    }
    await this.#link?.close();
  }

  /** Rejects LinkError. */
  async ask(path: string, timeoutMs?: number): Promise<LinkAnswer> {
    if (this.#link === undefined) throw new LinkError("noPin", problemOf(this.#pin));
    return await this.#link.ask(path, timeoutMs);
  }

  async #askForView(): Promise<PeerEvent> {
    try {
      const { status, text } = await this.ask("/v1/view");
      if (status !== 200) throw new MessageError("garbage", `it answers with status ${status} instead of a view`);
      return { kind: "view", view: this.#take(parseView(this.#options.peer, text)) };
    } catch (error) {
      if (!(error instanceof LinkError || error instanceof MessageError)) throw error;
      return { kind: "failed", failure: error.failure, detail: error.message };
    }
  }

  #take({ healer, incarnation, sequence, site, marks, status }: ViewMessage): PeerView {
    this.#healer = healer;
    if (status !== undefined) this.#said = { status, atMs: this.#options.nowMs() };
    const sameSite = site === undefined ? undefined : site === this.#options.site;
    return { incarnation, sequence, listens: status !== undefined, sameSite, marks };
  }

  #hear(event: PeerEvent): void {
    const { nowMs, onNews } = this.#options;
    const { state, reason } = hearPeer(this.#state, event, nowMs());
    this.#state = state;
    if (reason !== "") onNews(state, reason);
  }
}

function problemOf(pin: Pin): string {
  return pin.key === undefined ? pin.problem : "";
}
