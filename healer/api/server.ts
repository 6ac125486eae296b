import bearerAuth from "@fastify/bearer-auth";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import type { Logger } from "pino";
import type { Journal } from "../journal/journal.ts";
import type { Answers } from "./answers.ts";
import { apiUrl } from "./apiAddress.ts";
import type { Metrics } from "./metrics.ts";
import { answerError, answerNotFound, unauthorized } from "./problem.ts";
import { askRoutes } from "./routes/askRoutes.ts";
import { type EventLimits, eventRoutes } from "./routes/eventRoutes.ts";
import { metricsRoute } from "./routes/metricsRoute.ts";
import { peerRoutes } from "./routes/peerRoutes.ts";
import { probeRoutes } from "./routes/probeRoutes.ts";
import { wishRoutes } from "./routes/wishRoutes.ts";

export interface ServerOptions {
  readonly answers: Answers;
  readonly metrics: Metrics;
  readonly journal: Pick<Journal, "path" | "sequence" | "subscribe">;
  readonly eventLimits: EventLimits;
  readonly token: string;
  readonly version: string;
  readonly log: Logger;
}

const maxBodyBytes = 4 * 1024;
const maxConnections = 64;
const requestTimeoutMs = 10_000;

/** All routes, not listening yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { answers, metrics, journal, token, version } = options;
  const loggerInstance: FastifyBaseLogger = options.log;
  const app = fastify({
    // A request is no decision, and its headers hold the token.
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    // A connection that is kept for the next question must not hold up the healer's own end.
    forceCloseConnections: true,
  });
  app.server.maxConnections = maxConnections;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  await describeRoutes(app, version);
  await app.register(probeRoutes(answers));
  await app.register(async (guarded) => {
    await guarded.register(bearerAuth, {
      keys: new Set([token]),
      errorResponse: () => unauthorized,
      contentType: "application/json",
      verifyErrorLogLevel: "debug",
    });
    await guarded.register(askRoutes(answers));
    await guarded.register(peerRoutes(answers));
    await guarded.register(wishRoutes(answers));
    await guarded.register(eventRoutes(answers, journal, options.eventLimits));
    await guarded.register(metricsRoute(answers, metrics, version));
  });
  await app.ready();
  return app;
}

/** The document and its page are the same on every host: they tell nothing of this one, and a browser has no token yet. */
async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "vigil healer",
        description: "How the machines of one host are, what is done about it, and how to stop that for a while.",
        version,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: apiUrl }],
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", description: "The content of /var/lib/vigil/token." },
        },
      },
      security: [{ token: [] }],
      tags: [
        { name: "ask", description: "What is, and what has been." },
        { name: "peers", description: "What other hosts know." },
        { name: "wish", description: "What a person wants." },
        { name: "probes", description: "For supervisors and scrapers." },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true });
  app.get("/openapi.json", { schema: { hide: true } as never }, async () => app.swagger());
}
