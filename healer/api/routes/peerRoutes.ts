import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Answers } from "../answers.ts";
import { PeerAnswers } from "../peerAnswers.ts";
import { peersSchema } from "../peerSchemas.ts";
import { problems } from "../problem.ts";
import { historySchema, peerStatusSchema, slotSchema } from "../schemas.ts";
import { historyQuerySchema, slotNameSchema } from "./askRoutes.ts";

const tags = ["peers"];
const peer = z.string().meta({ description: "Another host of the site.", examples: ["mb"] });

/** What other hosts know, so that one may be asked of all. */
export function peerRoutes(answers: Answers): FastifyPluginAsyncZod {
  const peers = new PeerAnswers(answers);
  return async (app) => {
    app.get(
      "/v1/peers",
      {
        schema: {
          tags,
          summary: "The healers of the other hosts: who is heard, since when, and if not, why.",
          response: { 200: peersSchema, ...problems("unauthorized") },
        },
      },
      () => peers.all(),
    );
    app.get(
      "/v1/peers/:peer/status",
      {
        schema: {
          tags,
          summary: "What another host's healer said last of its machines, and how long ago.",
          params: z.object({ peer }),
          response: { 200: peerStatusSchema, ...problems("unauthorized", "notFound", "peerUnavailable") },
        },
      },
      async (request) => peers.status(request.params.peer),
    );
    app.get(
      "/v1/peers/:peer/slots/:slot",
      {
        schema: {
          tags,
          summary: "All that another host's healer knows of one of its machines; it is asked now.",
          params: z.object({ peer, slot: slotNameSchema }),
          response: { 200: slotSchema, ...problems("unauthorized", "notFound", "peerUnavailable") },
        },
      },
      (request) => peers.slot(request.params.peer, request.params.slot),
    );
    app.get(
      "/v1/peers/:peer/history",
      {
        schema: {
          tags,
          summary: "What was wrong on another host, as its healer remembers it; it is asked now.",
          params: z.object({ peer }),
          querystring: historyQuerySchema,
          response: { 200: historySchema, ...problems("badRequest", "unauthorized", "notFound", "peerUnavailable") },
        },
      },
      (request) => peers.history(request.params.peer, request.query.limit, request.query.slot),
    );
  };
}
