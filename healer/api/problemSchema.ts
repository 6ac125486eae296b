import { z } from "zod";

/** The one shape of every answer that is no success. */
export const problemSchema = z
  .object({
    error: z
      .enum([
        "badRequest",
        "unauthorized",
        "notFound",
        "methodNotAllowed",
        "conflict",
        "noRoom",
        "tooManyReaders",
        "notListening",
        "peerUnavailable",
        "failed",
      ])
      .describe("What kind of problem it is, for programs."),
    message: z.string().describe("What is wrong, in one sentence."),
    remedy: z.string().describe("What to do about it."),
  })
  .meta({ id: "Problem" });
