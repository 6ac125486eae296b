import bearerAuth from "@fastify/bearer-auth";
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import type { Journal } from "../journal/journal.ts";
import type { Answers } from "./answers.ts";
import { answerBrokenRequest } from "./brokenRequest.ts";
import { describeRoutes } from "./describeRoutes.ts";
import type { Metrics } from "./metrics.ts";
import { refusingOtherMethods } from "./otherMethods.ts";
import { answerError, answerNotFound, unauthorized } from "./problem.ts";
import { askRoutes } from "./routes/askRoutes.ts";
import { type EventLimits, eventRoutes } from "./routes/eventRoutes.ts";
import { hostRoutes } from "./routes/hostRoutes.ts";
import { metricsRoute } from "./routes/metricsRoute.ts";
import { peerRoutes } from "./routes/peerRoutes.ts";
import { probeRoutes } from "./routes/probeRoutes.ts";
import { wishRoutes } from "./routes/wishRoutes.ts";

export interface ServerOptions {
  readonly answers: Answers;
  readonly metrics: Metrics;
  readonly journal: Pick<Journal, "path" | "sequence" | "subscribe">;
  readonly eventLimits: EventLimits;
  readonly connectionLimits: ConnectionLimits;
  readonly token: string;
  readonly version: string;
  readonly log: Logger;
}

/** Anybody on the host can open connections, also without the token: none may keep out the others for long. */
export interface ConnectionLimits {
  readonly max: number;
  /** A request has to come within this time, and the next one of the same connection. */
  readonly requestMs: number;
  /** So often it is looked whose time is over. */
  readonly checkMs: number;
  /** Whoever takes nothing of an answer for so long does not get the rest. */
  readonly idleMs: number;
}

/** A stream of events says something more often than `idleMs`. */
export const connectionLimits: ConnectionLimits = { max: 64, requestMs: 10_000, checkMs: 1_000, idleMs: 45_000 };

const maxBodyBytes = 4 * 1024;
/** As long as a request's head may be at most: a name in a URL that is too long is a name that is not there. */
export const maxParamLength = 16 * 1024;

/** All routes, not listening yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { answers, metrics, journal, token, version } = options;
  const { max, requestMs, checkMs, idleMs } = options.connectionLimits;
  const loggerInstance: FastifyBaseLogger = options.log;
  const app = fastify({
    // A request is no decision, and its headers hold the token.
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: requestMs,
    connectionTimeout: idleMs,
    http: { connectionsCheckingInterval: checkMs, headersTimeout: requestMs },
    routerOptions: { maxParamLength },
    frameworkErrors: answerError,
    clientErrorHandler: answerBrokenRequest,
    // A connection that is kept for the next question must not hold up the healer's own end.
    forceCloseConnections: true,
  });
  app.server.maxConnections = max;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  await describeRoutes(app, version);
  await app.register(refusingOtherMethods(probeRoutes(answers)));
  await app.register(async (guarded) => {
    await guarded.register(bearerAuth, {
      keys: new Set([token]),
      errorResponse: () => unauthorized,
      contentType: "application/json",
      verifyErrorLogLevel: "debug",
    });
    // What HTTP asks for, and the library leaves out.
    guarded.addHook("onSend", async (_request, reply) => {
      if (reply.statusCode === 401) reply.header("www-authenticate", "Bearer");
    });
    await guarded.register(
      refusingOtherMethods(async (routes) => {
        await routes.register(askRoutes(answers));
        await routes.register(peerRoutes(answers));
        await routes.register(wishRoutes(answers));
        await routes.register(hostRoutes(answers));
        await routes.register(eventRoutes(answers, journal, options.eventLimits));
        await routes.register(metricsRoute(answers, metrics, version));
      }),
    );
  });
  await app.ready();
  return app;
}
