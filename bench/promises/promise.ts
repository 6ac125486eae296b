/** What a promise is, and what several have in common. */

export interface Budget {
  readonly title: string;
  readonly promises: readonly Promised[];
}

export interface Promised {
  readonly about: "fails" | "waits" | "outage" | "repair" | "update" | "never";
  readonly says: string;
  /** The file of `results/` that shows it, without `.json`. */
  readonly result: string;
  readonly measure: Measure;
  readonly atMost: number;
  /**
   * Why the promise is not kept today, or not measured. It may only stand where that is so: once the promise is kept, the
   * check fails until this is removed.
   */
  readonly knownMiss?: KnownMiss;
}

export type KnownMiss = MeasuredMiss | NotMeasured;

export interface MeasuredMiss {
  readonly why: string;
  /**
   * In the unit of `atMost`: what the committed result has, rounded up a little. What is worse is not explained by `why`,
   * and fails the check.
   */
  readonly missAtMost: number;
}

export interface NotMeasured {
  /** Why no result shows it. */
  readonly notYet: string;
}

export type Measure =
  /** So many of all in all runs together. */
  | { readonly kind: "share"; readonly hits: readonly string[]; readonly of: string }
  /** The sum of these figures in the worst run. */
  | { readonly kind: "worst"; readonly figures: readonly string[] }
  /** The figure's median or maximum, in times that of another pair in the same result. */
  | { readonly kind: "ratio"; readonly figure: string; readonly of: "median" | "max"; readonly to: string };

/** How much worse than the tuned pair the product may be. */
export const ratioToTuned = 1.2;
/** How much longer a healer may take than the fewest steps, which are begun when the machine dies. */
export const ratioToVirsh = 1.5;
/** What share of the time by hand, as we have reconstructed it. */
export const ratioToByHand = 1 / 5;
/** How much longer the replacement may take that it has decided on than OpenTofu's. */
export const ratioToTofu = 1.3;
/** How much longer an update that changes nothing may take than that of a program with one storage pool. */
export const ratioToMinimal = 1.2;
/** From a balancer that wakes until it has heard that another one has the address: one advert. */
export const twoHoldersAtMostMs = 100;
/** From the power until the first answer, in boots of a worker's machine. */
export const servesWithinBoots = 1.5;
/** Of what a site carries, when twice that is asked; with a limit for each worker. */
export const missedShareAtMost = 0.3;
/** How often people have to ask for one answer in time, in times what it takes without such a limit. */
export const askedToUnlimited = 0.5;
/** From the workers' return until every request is answered. */
export const workersBackMs = 1_000;

export const busyMachine =
  "it was measured on a machine that did other work, and is to be measured anew on one that does not";
export const notYet: NotMeasured = { notYet: "not measured yet: `make bench` does" };

/** Of a figure in the worst run. */
export function inWorstRun(
  about: Promised["about"],
  says: string,
  result: string,
  figure: string,
  atMost: number,
  knownMiss?: KnownMiss,
): Promised {
  return { about, says, result, measure: { kind: "worst", figures: [figure] }, atMost, ...known(knownMiss) };
}

/** A promise that is kept has no reason why it is not. */
export function known(knownMiss: KnownMiss | undefined): Pick<Promised, "knownMiss"> {
  return knownMiss === undefined ? {} : { knownMiss };
}

export function postPromises(result: string): Promised[] {
  return [
    {
      about: "never",
      says: "a POST runs twice",
      result,
      measure: { kind: "share", hits: ["ranTwice"], of: "posts" },
      atMost: 0,
    },
    {
      about: "never",
      says: "a POST is answered that has not run",
      result,
      measure: { kind: "share", hits: ["answeredButNeverRan"], of: "posts" },
      atMost: 0,
    },
  ];
}
