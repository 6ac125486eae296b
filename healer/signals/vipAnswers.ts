const answer = /^(?:Unicast|Broadcast) reply from \S+ \[([0-9A-Fa-f:]{17})\].* (\d+\.\d+)ms$/;

/** arping asks once a second: what was put so much later than the question before is the next one. */
const nextQuestionMs = 500;

export interface VipAnswer {
  /** The hardware address of who answered, in small letters. */
  readonly mac: string;
  /** How long before the answer arping had put its last question. */
  readonly tookMs: number;
}

/** What a line of arping's says; undefined for all but the answers to its questions. */
export function answerIn(line: string): VipAnswer | undefined {
  const [, mac, tookMs] = answer.exec(line) ?? [];
  return mac === undefined ? undefined : { mac: mac.toLowerCase(), tookMs: Number(tookMs) };
}

/**
 * Who has answered arping's last question that anybody answered. Each question's answers are a set of their own: right
 * after a move the old holder has answered one question and the new one the next, and never had two the address. arping
 * does not say when it asks, so an answer's question is known by when it was put.
 */
export class VipAnswers {
  /** When the last question was put; before all times if none was answered. */
  #askedMs = Number.NEGATIVE_INFINITY;
  #macs = new Set<string>();

  hear({ mac, tookMs }: VipAnswer, nowMs: number): void {
    const askedMs = nowMs - tookMs;
    if (askedMs - this.#askedMs > nextQuestionMs) {
      this.#askedMs = askedMs;
      this.#macs = new Set();
    }
    this.#macs.add(mac);
  }

  get askedMs(): number {
    return this.#askedMs;
  }

  get macs(): readonly string[] {
    return [...this.#macs].sort();
  }
}
