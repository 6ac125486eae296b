import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Answers } from "../answers.ts";
import { problems } from "../problem.ts";
import { historySchema, incidentSchema, slotSchema, statusSchema } from "../schemas.ts";
import { wholeNumber } from "../wholeNumber.ts";

const defaultIncidents = 50;
const maxIncidents = 500;

export const slotNameSchema = z.string().meta({ description: "A machine.", examples: ["web-1", "web-2"] });

export const historyQuerySchema = z.strictObject({
  limit: wholeNumber(z.int().min(1).max(maxIncidents)).default(defaultIncidents),
  slot: z.string().optional().describe("Only what happened to this slot."),
});

/** What is, and what has been. */
export function askRoutes(answers: Answers): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/v1/status",
      {
        schema: {
          tags: ["ask"],
          summary: "Whether the host's machines are fine; if not, since when, why, and what happens next.",
          response: { 200: statusSchema, ...problems("unauthorized", "notListening") },
        },
      },
      () => answers.status(),
    );
    app.get(
      "/v1/slots/:slot",
      {
        schema: {
          tags: ["ask"],
          summary: "All that is known of one machine, and what follows from it.",
          params: z.object({ slot: slotNameSchema }),
          response: { 200: slotSchema, ...problems("unauthorized", "notFound", "notListening") },
        },
      },
      async (request) => answers.slot(request.params.slot),
    );
    app.get(
      "/v1/history",
      {
        schema: {
          tags: ["ask"],
          summary: "What was wrong, what was done about it, and what came of it.",
          querystring: historyQuerySchema,
          response: { 200: historySchema, ...problems("badRequest", "unauthorized", "notFound") },
        },
      },
      async (request) => answers.history(request.query.limit, request.query.slot),
    );
    app.get(
      "/v1/incidents/:id",
      {
        schema: {
          tags: ["ask"],
          summary: "One incident: what has become of it so far.",
          params: z.object({ id: wholeNumber(z.int().min(0)) }),
          response: { 200: incidentSchema, ...problems("badRequest", "unauthorized", "notFound") },
        },
      },
      async (request) => answers.incident(request.params.id),
    );
  };
}
