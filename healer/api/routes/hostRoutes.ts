import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Answers } from "../answers.ts";
import { problems } from "../problem.ts";
import {
  hostDrainedSchema,
  hostDrainRequestSchema,
  hostReturnedSchema,
  hostReturnRequestSchema,
} from "../wishSchemas.ts";

/** What a person may want of the whole host. A body may be left out, and is then all defaults. */
export function hostRoutes(answers: Answers): FastifyPluginAsyncZod {
  return async (app) => {
    const always = problems("badRequest", "unauthorized", "notListening");
    app.post(
      "/v1/host/drain",
      {
        schema: {
          tags: ["wish"],
          summary:
            "Take this host out of service until it is returned: its address and its requests leave, and nothing is repaired.",
          body: hostDrainRequestSchema.nullable(),
          response: { 202: hostDrainedSchema, ...always, ...problems("conflict", "failed") },
        },
      },
      async (request, reply) => {
        return reply.code(202).send(await answers.drainHost(request.body ?? hostDrainRequestSchema.parse({})));
      },
    );
    app.post(
      "/v1/host/return",
      {
        schema: {
          tags: ["wish"],
          summary:
            "Take this host back into service: it is repaired again, and each worker gets requests once it is green.",
          body: hostReturnRequestSchema.nullable(),
          response: { 202: hostReturnedSchema, ...always },
        },
      },
      async (request, reply) => {
        return reply.code(202).send(await answers.returnHost(request.body ?? hostReturnRequestSchema.parse({})));
      },
    );
  };
}
