/** What a healer answers its peers. They may ask what it knows, and wish for nothing: there is no way in that changes anything. */
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import type { Answers } from "../api/answers.ts";
import { answerError, answerNotFound } from "../api/problem.ts";
import { askRoutes } from "../api/routes/askRoutes.ts";
import { maxParamLength } from "../api/server.ts";
import { type ViewMessage, viewSchema } from "./message.ts";

export interface PeerServerOptions {
  readonly answers: Answers;
  readonly view: () => Promise<ViewMessage>;
  /** A host has got a view. */
  readonly onViewed: (asker: string, view: ViewMessage) => void;
  /** The host at the other end of a connection. */
  readonly hostAt: (socket: object) => string | undefined;
  readonly log: Logger;
}

const maxBodyBytes = 1;
/** A peer asks every second: one that is silent for longer is gone, or has another connection by now. */
const idleTimeoutMs = 10_000;

/** It never listens itself: `app.server` is given the connections that have come through the door. */
export async function createPeerServer({
  answers,
  view,
  onViewed,
  hostAt,
  log,
}: PeerServerOptions): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = log.child({}, { level: "error" });
  const app = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance,
    bodyLimit: maxBodyBytes,
    connectionTimeout: idleTimeoutMs,
    keepAliveTimeout: idleTimeoutMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength },
    frameworkErrors: answerError,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  app
    .withTypeProvider<ZodTypeProvider>()
    .get("/v1/view", { schema: { response: { 200: viewSchema } } }, async (request, reply) => {
      const seen = await view();
      const asker = hostAt(request.raw.socket);
      if (asker !== undefined) reply.raw.once("finish", () => onViewed(asker, seen));
      return seen;
    });
  await app.register(askRoutes(answers));
  await app.ready();
  return app;
}
