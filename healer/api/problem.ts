import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import type { z } from "zod";
import { problemSchema } from "./problemSchema.ts";

type ProblemBody = z.infer<typeof problemSchema>;

const statusOf = {
  badRequest: 400,
  unauthorized: 401,
  notFound: 404,
  methodNotAllowed: 405,
  conflict: 409,
  noRoom: 409,
  tooManyReaders: 429,
  notListening: 503,
  peerUnavailable: 503,
  failed: 500,
} as const satisfies Record<ProblemBody["error"], number>;

/** Thrown by a route that cannot answer as it was asked. */
export class Problem extends Error {
  readonly body: ProblemBody;

  constructor(error: ProblemBody["error"], message: string, remedy: string) {
    super(message);
    this.body = { error, message, remedy };
  }

  get status(): number {
    return statusOf[this.body.error];
  }
}

/** Routes name the problems that they may answer with; the rest of the document is the same for all. */
export function problems(...errors: readonly ProblemBody["error"][]): Record<number, typeof problemSchema> {
  return Object.fromEntries(errors.map((error) => [statusOf[error], problemSchema]));
}

/** What the library for tokens answers with. It says nothing of what was sent, which may nearly be the token. */
export const unauthorized: ProblemBody = {
  error: "unauthorized",
  message: "the request has no token, or a wrong one.",
  remedy: "send `Authorization: Bearer TOKEN` with the token of /var/lib/vigil/token, which root may read.",
};

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `there is no ${request.method} ${request.url.split("?")[0]}.`;
  return answer(reply, new Problem("notFound", message, "GET /openapi.json lists what there is."));
}

export function answerError(error: FastifyError | Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Problem) return answer(reply, error);
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(({ instancePath, message }) => {
      return `${instancePath.slice(1).replaceAll("/", ".") || (error.validationContext ?? "request")}: ${message}`;
    });
    return answer(reply, new Problem("badRequest", faults.join("; "), "GET /openapi.json says what it takes."));
  }
  // What the framework itself refuses, such as a body that is no JSON.
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return answer(reply, new Problem("badRequest", error.message, "GET /openapi.json says what it takes."));
  }
  request.log.error({ err: error, route: request.routeOptions.url }, "the API failed to answer");
  return answer(reply, new Problem("failed", "the healer failed to answer this.", "its log says why, with a stack."));
}

function answer(reply: FastifyReply, { status, body }: Problem): FastifyReply {
  return reply.code(status).type("application/json").send(body);
}
