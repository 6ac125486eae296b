import { z } from "zod";
import type { Beat } from "../core/facts.ts";

/** What the agent says is checked as far as the core needs it; an agent that is newer may say more. */
const wireSchema = z.object({
  slot: z.string().min(1),
  incarnation: z.string().min(1),
  // An agent of an earlier image knows only `up` and `down`.
  service: z.enum(["up", "refused", "silent", "wrong", "draining", "starting", "down"]),
  files: z.string().min(1),
  fileRefusal: z.string().optional(),
  freeBytes: z.number().nonnegative().optional(),
  busy: z.number().min(0).max(1).optional(),
  vrrp: z.enum(["MASTER", "BACKUP", "FAULT", "STOP", "NONE"]).optional(),
  holdsVip: z.boolean().optional(),
  isCutOff: z.boolean().optional(),
  workersUp: z.record(z.string(), z.int().nonnegative()).optional(),
  refused: z.int().nonnegative().optional(),
});

export interface HeardBeat {
  /** Who says so, as the site names it: `bk/web-1`. */
  readonly id: string;
  readonly beat: Beat;
}

/**
 * One line of a machine's stream, in the core's words. What an agent of an earlier image leaves out is taken to be well,
 * so that its silence about it never causes a repair. Throws if it is no such line.
 */
export function beatOf(text: string): HeardBeat {
  const heard = wireSchema.parse(JSON.parse(text));
  const { slot, service, freeBytes, busy, vrrp, holdsVip, isCutOff, workersUp, refused, incarnation, files } = heard;
  const { fileRefusal } = heard;
  return {
    id: slot,
    beat: {
      incarnation,
      files,
      service: service === "down" ? "refused" : service,
      freeBytes: freeBytes ?? Number.MAX_SAFE_INTEGER,
      busy: busy ?? 0,
      ...(fileRefusal === undefined ? {} : { fileRefusal }),
      ...(vrrp === undefined ? {} : { vrrp }),
      ...(holdsVip === undefined ? {} : { holdsVip }),
      ...(isCutOff === undefined ? {} : { isCutOff }),
      ...(workersUp === undefined ? {} : { workersUp }),
      ...(refused === undefined ? {} : { refused }),
    },
  };
}
