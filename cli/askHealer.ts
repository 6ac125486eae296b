/** The command line's side of the healer's API: asks, says what went wrong in a person's words, and parses what it hears. */
import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { request } from "undici";
import type { z } from "zod";
import { apiUrl, tokenPath } from "../healer/api/apiAddress.ts";
import { problemSchema } from "../healer/api/problemSchema.ts";
import { historySchema } from "../healer/api/schemas.ts";
import { stackPaths } from "../healer/repairs/engine/backend.ts";
import { backendDir } from "../host/hostEnvironment.ts";
import { HealerError, type HealerErrorCode } from "./healerError.ts";

export interface HealerPlace {
  readonly url: string;
  readonly tokenPath: string;
}

export const thisHealer: HealerPlace = { url: apiUrl, tokenPath };

const answerTimeoutMs = 10_000;

export interface Question {
  readonly method?: "GET" | "POST";
  readonly body?: object;
  /** Makes a stream end. */
  readonly signal?: AbortSignal;
}

export class HealerClient {
  readonly #place: HealerPlace;

  constructor(place: HealerPlace = thisHealer) {
    this.#place = place;
  }

  /** Rejects ERR_NO_HEALER, ERR_NOT_NOW, ERR_NO_ROOM or ERR_REFUSED with what the healer says, or ERR_USAGE if it is not the healer of that host. */
  async ask<Schema extends z.ZodType>(
    host: string | undefined,
    path: string,
    schema: Schema,
    question: Question = {},
  ): Promise<z.infer<Schema>> {
    await this.requireHost(host);
    const answer = schema.safeParse(await this.#json(path, question));
    if (answer.success) return answer.data;
    throw new HealerError("ERR_REFUSED", notHealer(this.#place.url, 200));
  }

  /** The body of a stream that has begun. */
  async stream(host: string | undefined, path: string, question: Question): Promise<Readable> {
    await this.requireHost(host);
    return await this.#send(path, question, 0);
  }

  /** A wish for another host's healer must not be granted by this one. */
  async requireHost(host: string | undefined): Promise<void> {
    if (host === undefined) return;
    // The one answer that a healer also has while it does not listen yet.
    const { host: here } = await this.ask(undefined, "/v1/history?limit=1", historySchema);
    if (here === host) return;
    throw new HealerError(
      "ERR_USAGE",
      `this machine is host ${here}: ask about ${host} there, or here with \`--host ${host}\`, or in a lab with --lab.`,
    );
  }

  async #json(path: string, question: Question): Promise<unknown> {
    const body = await this.#send(path, question, answerTimeoutMs);
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk as Uint8Array));
    return parseJson(Buffer.concat(chunks).toString("utf8"));
  }

  async #send(path: string, { method = "GET", body, signal }: Question, bodyTimeout: number): Promise<Readable> {
    const { url } = this.#place;
    const headers = {
      authorization: `Bearer ${await this.#token()}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const answer = await request(`${url}${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: answerTimeoutMs,
      bodyTimeout,
      ...(signal === undefined ? {} : { signal }),
    }).catch(async (error: Error) => {
      throw new HealerError("ERR_NO_HEALER", await noHealer(url, error));
    });
    if (answer.statusCode === 200 || answer.statusCode === 202) return answer.body;
    throw refusal(url, answer.statusCode, await answer.body.text());
  }

  async #token(): Promise<string> {
    const path = this.#place.tokenPath;
    const text = await readFile(path, "utf8").catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === "EACCES")
        throw new HealerError("ERR_REFUSED", `only root may read ${path}: run this as root.`);
      throw new HealerError("ERR_NO_HEALER", await noHealer(this.#place.url, error));
    });
    return text.trim();
  }
}

async function noHealer(url: string, { message }: Error): Promise<string> {
  const host = (await deployedStack()) ?? "HOST";
  return `no healer answers on ${new URL(url).host}: is it running? \`vigil healer run ${host}\` (${message})`;
}

/** What the healer itself says, or what else listens on its port. */
function refusal(url: string, status: number, text: string): HealerError {
  const problem = problemSchema.safeParse(parseJson(text)).data;
  if (problem === undefined) return new HealerError("ERR_REFUSED", notHealer(url, status));
  return new HealerError(codes[problem.error] ?? "ERR_REFUSED", `${problem.message} ${capital(problem.remedy)}`);
}

const codes: Readonly<Record<string, HealerErrorCode>> = {
  badRequest: "ERR_USAGE",
  notFound: "ERR_USAGE",
  conflict: "ERR_NOT_NOW",
  noRoom: "ERR_NO_ROOM",
  notListening: "ERR_NO_HEALER",
  peerUnavailable: "ERR_NO_HEALER",
};

function notHealer(url: string, status: number): string {
  return `${url} answers with status ${status}, and not as this release's healer does: see who listens there with \`ss -ltnp\`.`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The only stack that is deployed here, for a hint that can be copied. */
async function deployedStack(): Promise<string | undefined> {
  const names = await readdir(dirname(stackPaths(backendDir, "any").state)).catch(() => []);
  const stacks = names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
  return stacks.length === 1 ? stacks[0] : undefined;
}
