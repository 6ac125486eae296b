import { type Limits, limitsFor } from "../core/limits.ts";

/**
 * The limits of a long run in a short one: with windows of minutes instead of an hour, budgets, backoff and breaker are
 * reached in most runs and not in a few. The patience with a single machine is the real one.
 */
const compressed: Limits = {
  ...limitsFor.kvm,
  bootMs: 12_000,
  startGraceMs: 3_000,
  repairDeadlineMs: 20_000,
  busyGraceMs: 15_000,
  jobGraceMs: 12_000,
  pageAfterMs: 40_000,
  slotBudget: 4,
  hostBudget: 9,
  budgetWindowMs: 240_000,
  backoffMs: 2_000,
  maxBackoffMs: 30_000,
  provenMs: 10_000,
  maxProvenMs: 40_000,
  breakerOpenMs: 30_000,
  hostConfirmMs: 20_000,
  hostGreenMs: 15_000,
  maxHostGreenMs: 60_000,
  expectedBackMs: 30_000,
  hostAwayMs: 40_000,
  witnessFreshMs: 6_000,
  witnessSilentMs: 15_000,
  roomRetryMs: 10_000,
};

export const simLimits = { ...limitsFor, compressed } as const;

export type LimitsName = keyof typeof simLimits;
