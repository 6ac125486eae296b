import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { HeartbeatStream } from "../shared/heartbeatStream.ts";
import { logEvent } from "../shared/logEvent.ts";
import { type NodeFacts, slotId } from "../shared/nodeFacts.ts";
import { debugRoutes } from "./debugRoutes.ts";
import { serveDocs } from "./docsPages.ts";
import { parseNumbers } from "./numberParameters.ts";
import { openApi } from "./openApi.ts";
import { Problem } from "./problem.ts";
import { randomRoutes } from "./randomValues.ts";
import type { Route } from "./route.ts";

const maxBodyBytes = 64 * 1024;

export interface ServiceOptions {
  readonly facts: NodeFacts;
  readonly incarnation: string;
  /** Where the image keeps the pages of the documentation. */
  readonly staticFolder: string;
  /** While this file is there, somebody wants no new request to come here. It lies in memory: looking never waits. */
  readonly drainFile: string;
}

export interface Service {
  readonly server: Server;
  /** From now on and for ever the service drains, as it does while the file says so. */
  startDraining(): void;
}

/**
 * While it drains, the health answer sends the balancers away and says how many requests are still under way, and each
 * answer closes its connection.
 */
export function createService({ facts, incarnation, staticFolder, drainFile }: ServiceOptions): Service {
  const slot = slotId(facts);
  const routes = [...randomRoutes(), ...debugRoutes()];
  const byKey = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const heartbeat = new HeartbeatStream(() => ({ status: "OK", slot, incarnation }));
  const healthy = JSON.stringify({ site: facts.site, slot, incarnation, status: "OK" });
  let isEnding = false;
  let isDraining = false;
  let inFlight = 0;

  const server = createServer((request, response) => {
    response.setHeader("x-vigil-slot", slot);
    // Balancers ask up to seven times a second each: this answer comes before everything else.
    if (request.url === "/healthz") {
      answerHealth(response);
      return;
    }
    if (isDraining) response.setHeader("connection", "close");
    if (request.url !== "/heartbeat") countUntilClosed(response);
    dispatch(request, response).catch((error: unknown) => sendProblem(response, error));
  });
  // Longer than a balancer keeps an idle connection, so that it never sends on one that is just being closed here.
  server.keepAliveTimeout = 75_000;

  return {
    server,
    startDraining() {
      isEnding = true;
      lookWhetherDraining();
    },
  };

  function answerHealth(response: ServerResponse): void {
    lookWhetherDraining();
    if (!isDraining) {
      sendJson(response, 200, healthy);
      return;
    }
    response.setHeader("connection", "close");
    sendJson(response, 503, JSON.stringify({ site: facts.site, slot, incarnation, status: "DRAINING", inFlight }));
  }

  function countUntilClosed(response: ServerResponse): void {
    inFlight += 1;
    response.once("close", () => {
      inFlight -= 1;
    });
  }

  /** A stream of heartbeats never ends by itself, and is nothing that has to be finished. */
  function lookWhetherDraining(): void {
    const before = isDraining;
    isDraining = isEnding || existsSync(drainFile);
    if (isDraining && !before) heartbeat.close();
  }

  async function dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? "/", "http://service");
    if (url === null) throw new Problem(400, "The path is not one");
    const key = `${request.method} ${url.pathname}`;
    const found = byKey.get(key);
    if (found !== undefined) return answer(found, url, request, response);
    if (key === "GET /heartbeat") return heartbeat.attach(request, response);
    if (key === "GET /openapi.json") return sendJson(response, 200, JSON.stringify(openApi(routes)));
    if (request.method === "GET" && (await serveDocs(staticFolder, url.pathname, response))) return;
    const methods = routes.filter(({ path }) => path === url.pathname).map(({ method }) => method);
    if (methods.length === 0) throw new Problem(404, "Not Found");
    response.setHeader("allow", methods.join(", "));
    throw new Problem(405, "Method Not Allowed");
  }
}

async function answer(route: Route, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const query = parseNumbers(route.parameters ?? {}, url.searchParams);
  const body = route.body === undefined ? undefined : await readJson(request);
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const result = await route.answer({ query, body, signal: gone.signal });
  sendJson(response, 200, JSON.stringify(result));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A body that is too long is still answered, so leaving the loop must not destroy the connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Problem(413, `The body is longer than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Problem(400, "Bad Request", [{ parameter: "body", found: "no JSON", expected: "a JSON object" }]);
  }
}

function sendJson(response: ServerResponse, status: number, text: string, type = "application/json"): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function sendProblem(response: ServerResponse, error: unknown): void {
  // The caller has gone, so nobody is left to tell.
  if (response.destroyed || response.socket === null) return;
  const problem = error instanceof Problem ? error : new Problem(500, "Internal Server Error");
  if (problem !== error)
    logEvent("bug", { request: `${response.req.method} ${response.req.url}`, error: String(error) });
  // What is left of a body that was not read must not be taken for the next request.
  if (response.req.method === "POST" && !response.req.complete) response.setHeader("connection", "close");
  sendJson(response, problem.status, JSON.stringify(problem), "application/problem+json");
}
