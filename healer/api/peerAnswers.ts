/** What other hosts know, asked of this one. */
import type { z } from "zod";
import type { Answers } from "./answers.ts";
import type { KnownPeer } from "./knownPeers.ts";
import { distanceMs, momentNow } from "./moment.ts";
import { peerView } from "./peerView.ts";
import { Problem } from "./problem.ts";
import { problemSchema } from "./problemSchema.ts";
import {
  type HistoryAnswer,
  historySchema,
  type PeerStatusAnswer,
  type Slot,
  slotSchema,
  statusSchema,
} from "./schemas.ts";

export class PeerAnswers {
  readonly #answers: Pick<Answers, "host" | "peers">;

  constructor(answers: Pick<Answers, "host" | "peers">) {
    this.#answers = answers;
  }

  all() {
    const moment = momentNow();
    const { host, peers } = this.#answers;
    return { host, peers: peers.all.map((one) => peerView(one, moment)) };
  }

  /** What it said last: a second ago while it is heard, and longer ago if it is not. */
  status(name: string): PeerStatusAnswer {
    const one = this.#peer(name);
    const moment = momentNow();
    const peer = peerView(one, moment);
    if (one.said === undefined) throw this.#unavailable(name, `was not heard yet: ${peer.sentence}`);
    const { data: status } = statusSchema.safeParse(one.said.status);
    if (status === undefined) {
      const release = one.healer === undefined ? "another release" : `release ${one.healer}`;
      throw this.#unavailable(name, `speaks of its machines as ${release} does, which this one does not read`);
    }
    return { peer, isLive: peer.status === "green", ageMs: distanceMs(moment, one.said.atMs), status };
  }

  async slot(name: string, slot: string): Promise<Slot> {
    return await this.#ask(name, `/v1/slots/${encodeURIComponent(slot)}`, slotSchema);
  }

  async history(name: string, limit: number, slot: string | undefined): Promise<HistoryAnswer> {
    const query = new URLSearchParams({ limit: `${limit}`, ...(slot === undefined ? {} : { slot }) });
    return await this.#ask(name, `/v1/history?${query}`, historySchema);
  }

  /** That it lacks something, or does not listen yet, is passed on as it is. What else it refuses is not the asker's doing. */
  async #ask<Schema extends z.ZodType>(name: string, path: string, schema: Schema): Promise<z.infer<Schema>> {
    const { state } = this.#peer(name);
    if (state.status !== "green") throw this.#unavailable(name, `does not answer: ${state.sentence}`);
    const { status, text } = await this.#answers.peers.ask(name, path).catch((error: Error) => {
      throw this.#unavailable(name, `did not answer this: ${error.message}`);
    });
    const body = fromJson(text);
    const problem = problemSchema.safeParse(body).data;
    if (problem?.error === "notFound" || problem?.error === "notListening") {
      throw new Problem(problem.error, problem.message, problem.remedy);
    }
    if (problem !== undefined) throw this.#unavailable(name, `refused to answer this (${problem.error})`);
    const answer = schema.safeParse(body);
    if (status === 200 && answer.success) return answer.data;
    throw this.#unavailable(name, "answers as another release does, which this one does not read");
  }

  #peer(name: string): KnownPeer {
    const { host, peers } = this.#answers;
    const found = peers.all.find((one) => one.host === name);
    if (found !== undefined) return found;
    if (name === host) {
      throw new Problem("notFound", `host ${host} is no peer of itself.`, "ask it without naming a peer.");
    }
    const names = peers.all.map((one) => one.host).join(", ");
    throw new Problem(
      "notFound",
      `host ${host} has no peer ${name}.`,
      names === "" ? "it has none." : `it has ${names}.`,
    );
  }

  #unavailable(name: string, because: string): Problem {
    const remedy = `ask on ${name} itself, or \`vigil status\` here for what is known of it.`;
    return new Problem("peerUnavailable", `the healer of host ${name} ${because}.`, remedy);
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
