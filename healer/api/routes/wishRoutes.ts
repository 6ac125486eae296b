import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Answers } from "../answers.ts";
import { problems } from "../problem.ts";
import {
  acceptedSchema,
  pausedSchema,
  pauseRequestSchema,
  resumeRequestSchema,
  slotRequestSchema,
} from "../schemas.ts";

/** What a person may want of the healer. A body may be left out, and is then all defaults. */
export function wishRoutes(answers: Answers): FastifyPluginAsyncZod {
  return async (app) => {
    const response = { 200: pausedSchema, ...problems("badRequest", "unauthorized", "notFound", "notListening") };
    app.post(
      "/v1/pause",
      {
        schema: {
          tags: ["wish"],
          summary:
            "Begin no repair for a while, of one machine or of all. What is under way goes on, and watching does.",
          body: pauseRequestSchema.nullable(),
          response,
        },
      },
      (request) => answers.pause(request.body ?? pauseRequestSchema.parse({})),
    );
    app.post(
      "/v1/resume",
      {
        schema: {
          tags: ["wish"],
          summary:
            "End the pause of one machine; or all pauses, and close the breaker if repairs that did not help have opened it.",
          body: resumeRequestSchema.nullable(),
          response,
        },
      },
      (request) => answers.resume(request.body ?? resumeRequestSchema.parse({})),
    );
    app.post(
      "/v1/slots/:slot/replace",
      {
        schema: {
          tags: ["wish"],
          summary: "Make one machine anew, though it may be well, as a repair would: refused while that is not safe.",
          params: z.object({ slot: z.string().describe("Such as web-1.") }),
          body: slotRequestSchema.nullable(),
          response: {
            202: acceptedSchema,
            ...problems("badRequest", "unauthorized", "notFound", "conflict", "notListening", "failed"),
          },
        },
      },
      async (request, reply) => {
        const { slot } = request.params;
        return reply.code(202).send(await answers.replace(slot, request.body ?? slotRequestSchema.parse({})));
      },
    );
  };
}
