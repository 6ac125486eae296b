/** What one host's healer knows of another host, for the commands that take `--host`. */
import { Option } from "commander";
import {
  type HistoryAnswer,
  historySchema,
  type PeerStatusAnswer,
  peerStatusSchema,
  type Slot,
  slotSchema,
} from "../healer/api/schemas.ts";
import type { HealerClient } from "./askHealer.ts";

export interface PeerChoice {
  readonly host?: string;
}

export function hostOption(): Option {
  return new Option("--host <host>", "another host of the site, by what the healer that is asked knows of it");
}

export function peerStatus(healer: HealerClient, at: string | undefined, peer: string): Promise<PeerStatusAnswer> {
  return healer.ask(at, `${pathOf(peer)}/status`, peerStatusSchema);
}

export function peerSlot(healer: HealerClient, at: string | undefined, peer: string, slot: string): Promise<Slot> {
  return healer.ask(at, `${pathOf(peer)}/slots/${encodeURIComponent(slot)}`, slotSchema);
}

export function peerHistory(
  healer: HealerClient,
  at: string | undefined,
  peer: string,
  limit: number,
): Promise<HistoryAnswer> {
  return healer.ask(at, `${pathOf(peer)}/history?limit=${limit}`, historySchema);
}

function pathOf(peer: string): string {
  return `/v1/peers/${encodeURIComponent(peer)}`;
}
