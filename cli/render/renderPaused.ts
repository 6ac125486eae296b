import { spellDuration } from "../../healer/api/spellDuration.ts";
import type { Paused } from "../../healer/api/wishSchemas.ts";
import { stampOf } from "./words.ts";

export function renderPaused({ host, slot, paused, until, forMs }: Paused): string {
  const subject = slot === undefined ? host : `${host}/${slot}`;
  if (!paused || until === undefined) return `${subject}: repairs begin again\n`;
  return `${subject}: no repair begins until ${stampOf(until)} UTC (${spellDuration(forMs)})\n`;
}
