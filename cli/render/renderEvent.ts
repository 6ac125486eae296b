import { z } from "zod";
import { spellDuration } from "../../healer/api/spellDuration.ts";
import { stampOf } from "./words.ts";

/** An entry of the journal. Its kinds differ; a kind that this release does not know is still shown. */
export const journalLineSchema = z.looseObject({ seq: z.int(), at: z.string(), kind: z.string() });

export type ShownLine = z.infer<typeof journalLineSchema>;

/** One line: when, and what in a sentence. */
export function renderEvent(line: ShownLine): string {
  return `${stampOf(line.at)}  ${sentenceOf(line)}\n`;
}

function sentenceOf(line: ShownLine): string {
  const { kind, slot, status, sentence, generation } = line;
  switch (kind) {
    case "started":
      return `the healer of ${line.host} listens, release ${line.release}`;
    case "status":
      return `${slot} is ${status}: ${sentence}`;
    case "cause":
      return `${slot}: ${sentence}`;
    case "repairBegun":
      return `repair ${generation} begins: ${repairsIn(line.slots)}`;
    case "repairEnded":
      return `repair ${generation} of ${slot} ended: ${line.outcome}`;
    case "page":
      return `a person is told: ${sentence}`;
    case "paused":
      return `${line.by} paused ${repairsOf(slot)} for ${spellDuration(Number(line.forMs))}`;
    case "resumed":
      return `${line.by} resumed ${repairsOf(slot)}`;
    case "drained":
      return `${line.by} drains ${slot}`;
    case "undrained":
      return `${line.by} puts ${slot} back into rotation`;
    case "hostDrained":
      return `${line.by} takes this host out of service: ${line.reason}`;
    case "hostReturning":
      return `${line.by} takes this host back into service`;
    case "hostDrainEnded":
      return line.outcome === "ok" ? "this host is back in service" : `it was not drained: ${line.outcome}`;
    case "scaleBegun":
      return `${line.by} asks for ${line.workers} workers`;
    case "scaleEnded":
      return `the change to ${line.workers} workers ended: ${line.outcome}`;
    case "scaleSettled":
      return `what was cut short ends at ${line.workers} workers: ${line.outcome}`;
    case "host":
      return `host ${line.host} is ${line.status}: ${sentence}`;
    case "hostTold":
      return `host ${line.host} says that it has ${line.workers} workers of its own`;
    case "vipMoveBegun":
      return `${line.by} moves the service's address away from ${slot}`;
    case "vipMoveEnded":
      return `the move of the address from ${slot} ended: ${line.outcome}`;
    case "peer":
      return `peer ${line.peer}: ${sentence}`;
    case "progress":
      return `${line.op} ${line.resource}: ${line.phase}`;
    default:
      return typeof sentence === "string" ? sentence : JSON.stringify(line);
  }
}

/** Of one machine, or all. */
function repairsOf(slot: unknown): string {
  return slot === undefined ? "repairs" : `the repairs of ${slot}`;
}

const begunSchema = z.array(z.object({ slot: z.string(), repair: z.string() }));

function repairsIn(slots: unknown): string {
  const begun = begunSchema.safeParse(slots).data ?? [];
  return begun.map(({ slot, repair }) => `${repair} ${slot}`).join(", ");
}
