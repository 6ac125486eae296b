import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Answers } from "../answers.ts";
import { problems } from "../problem.ts";
import {
  acceptedSchema,
  drainedSchema,
  drainRequestSchema,
  pausedSchema,
  pauseRequestSchema,
  resumeRequestSchema,
  scaledSchema,
  scaleRequestSchema,
  slotRequestSchema,
  vipMoveRequestSchema,
  vipMovingSchema,
} from "../wishSchemas.ts";
import { slotNameSchema } from "./askRoutes.ts";

const params = z.object({ slot: slotNameSchema });

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
      "/v1/scale",
      {
        schema: {
          tags: ["wish"],
          summary: "Have so many workers on this host: the last ones are drained and removed, missing ones are made.",
          body: scaleRequestSchema,
          response: {
            202: scaledSchema,
            ...problems("badRequest", "unauthorized", "conflict", "noRoom", "notListening", "failed"),
          },
        },
      },
      async (request, reply) => reply.code(202).send(await answers.scale(request.body)),
    );
    app.post(
      "/v1/vip/move",
      {
        schema: {
          tags: ["wish"],
          summary: "Have a balancer of another host take the service's address from the one of this host.",
          body: vipMoveRequestSchema.nullable(),
          response: {
            202: vipMovingSchema,
            ...problems("badRequest", "unauthorized", "conflict", "notListening", "failed"),
          },
        },
      },
      async (request, reply) => {
        return reply.code(202).send(await answers.moveVip(request.body ?? vipMoveRequestSchema.parse({})));
      },
    );
    const rotation = { 202: drainedSchema, ...problems("badRequest", "unauthorized", "notFound", "notListening") };
    app.post(
      "/v1/slots/:slot/drain",
      {
        schema: {
          tags: ["wish"],
          summary: "Take one worker out of all balancers' rotation until it is put back; its requests are finished.",
          params,
          body: drainRequestSchema.nullable(),
          response: { ...rotation, ...problems("conflict") },
        },
      },
      async (request, reply) => {
        const drained = await answers.drain(request.params.slot, request.body ?? drainRequestSchema.parse({}));
        return reply.code(202).send(drained);
      },
    );
    app.post(
      "/v1/slots/:slot/undrain",
      {
        schema: {
          tags: ["wish"],
          summary: "Put one worker back into rotation.",
          params,
          body: slotRequestSchema.nullable(),
          response: rotation,
        },
      },
      async (request, reply) => {
        const drained = await answers.undrain(request.params.slot, request.body ?? slotRequestSchema.parse({}));
        return reply.code(202).send(drained);
      },
    );
    app.post(
      "/v1/slots/:slot/replace",
      {
        schema: {
          tags: ["wish"],
          summary: "Make one machine anew, though it may be well, as a repair would: refused while that is not safe.",
          params,
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
