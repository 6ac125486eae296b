import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Answers } from "../answers.ts";
import { Problem, problems } from "../problem.ts";

const tags = ["probes"];

/** For supervisors, which have no token: they learn that there is a healer, and nothing of what it knows. */
export function probeRoutes(answers: Pick<Answers, "known">): FastifyPluginAsyncZod {
  return async (app) => {
    const ok = z.object({ ok: z.literal(true) }).meta({ id: "Ok" });
    app.get(
      "/livez",
      {
        schema: {
          tags,
          summary: "Whether the healer's process answers.",
          security: [],
          response: { 200: ok },
        },
      },
      async () => ({ ok: true as const }),
    );
    app.get(
      "/readyz",
      {
        schema: {
          tags,
          summary: "Whether the healer listens to its machines.",
          security: [],
          response: { 200: ok, ...problems("notListening") },
        },
      },
      async () => {
        if (answers.known !== undefined) return { ok: true as const };
        throw new Problem("notListening", "the healer does not listen yet.", "ask again in some seconds.");
      },
    );
  };
}
