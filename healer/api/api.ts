/** The healer's HTTP API: from its token and its history to a port that answers. It decides nothing. */
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { News } from "../core/events.ts";
import { openChronicle } from "../history/chronicle.ts";
import { endedRepairs } from "../history/endedRepairs.ts";
import type { Journal } from "../journal/journal.ts";
import { pendingChanges } from "../pendingChanges.ts";
import { Answers } from "./answers.ts";
import { apiHost, apiPort, tokenPath } from "./apiAddress.ts";
import { type KnownPeers, noPeers } from "./knownPeers.ts";
import { Metrics } from "./metrics.ts";
import { eventLimits } from "./routes/eventRoutes.ts";
import { connectionLimits, createServer } from "./server.ts";
import type { Subject } from "./subject.ts";
import { ensureToken } from "./token.ts";
import { version } from "./version.ts";

export interface ApiOptions {
  readonly host: string;
  readonly journal: Journal;
  readonly log: Logger;
  /** The healers of other hosts: nobody, unless they are given. */
  readonly peers?: KnownPeers;
  /** Another place than a host's own, for tests. */
  readonly place?: ApiPlace;
}

export interface ApiPlace {
  readonly port: number;
  readonly tokenPath: string;
}

const hostsOwn: ApiPlace = { port: apiPort, tokenPath };

export interface Api {
  /** What it answers, whoever asks; undefined if not even the history could be read. */
  readonly answers: Answers | undefined;
  /** What is healed from now on; undefined while nothing is. */
  watch(subject: Subject | undefined): void;
  /** Takes note of what the healer hears. */
  heard(news: News): void;
  close(): Promise<void>;
}

/** A healer that nobody can ask still heals: resolves in any case, and says in the log if there is no API. */
export async function openApi(options: ApiOptions): Promise<Api> {
  const { log, journal, host, peers = noPeers, place = hostsOwn } = options;
  const metrics = new Metrics();
  const sayWhy = (error: NodeJS.ErrnoException) => {
    const remedy = error.code === "EADDRINUSE" ? `\`ss -ltnp sport = :${place.port}\` says who has it` : error.message;
    log.error({ page: "noApi" }, `nobody can ask this healer: it cannot serve ${apiHost}:${place.port}; ${remedy}`);
    return undefined;
  };
  const chronicle = await openChronicle(journal, (before, after) => {
    for (const repair of endedRepairs(before, after)) metrics.repaired(repair);
  }).catch(sayWhy);
  const answers = chronicle && new Answers({ host, chronicle, pendingChanges, peers });
  // Peers are answered also if the port of this host's own API is taken.
  const server = answers && (await serve(options, place, answers, metrics).catch(sayWhy));
  return {
    answers,
    watch: (subject) => {
      metrics.listensAnew();
      answers?.watch(subject);
    },
    heard: (news) => {
      if (news.kind === "tick") metrics.ticked(news.lagMs);
      if (news.kind === "beat") metrics.beat(news.slot, performance.now());
    },
    async close() {
      chronicle?.close();
      await server?.close();
    },
  };
}

async function serve(
  { journal, log }: ApiOptions,
  { port, tokenPath }: ApiPlace,
  answers: Answers,
  metrics: Metrics,
): Promise<FastifyInstance> {
  const { token, isNew } = await ensureToken(tokenPath);
  if (isNew) log.info({ tokenPath }, "a new token was made for the API");
  const server = await createServer({
    answers,
    metrics,
    journal,
    eventLimits,
    connectionLimits,
    token,
    version,
    log,
  });
  await server.listen({ host: apiHost, port, listenTextResolver: (address) => `the API answers on ${address}` });
  return server;
}
