import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Answers } from "../answers.ts";
import type { Metrics } from "../metrics.ts";
import { momentNow } from "../moment.ts";
import { problems } from "../problem.ts";

export function metricsRoute(answers: Answers, metrics: Metrics, version: string): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/metrics",
      {
        schema: {
          tags: ["probes"],
          summary: "The same in numbers, for Prometheus; its scraper sends the token.",
          response: {
            200: { description: "Metrics as text.", content: { "text/plain": { schema: z.string() } } },
            ...problems("unauthorized"),
          },
        },
      },
      async (_request, reply) => {
        const text = await metrics.text(answers.known, answers.peers.all, version, momentNow());
        // The library knows the version of the format that it writes.
        return reply.type(metrics.registry.contentType).serializer(String).send(text);
      },
    );
  };
}
