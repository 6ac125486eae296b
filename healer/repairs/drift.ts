import type { DriftResult } from "../core/events.ts";
import type { EngineOutcome } from "./engine/engine.ts";

/**
 * What a refreshed preview of the deployed plan says. One that could not be made says nothing about drift: it is neither
 * clean nor not.
 */
export function driftOf(outcome: EngineOutcome): DriftResult {
  if (outcome.ok) return { clean: true };
  if (outcome.code === "changes") return { clean: false, found: outcome.reason };
  return { clean: undefined, reason: outcome.reason };
}
