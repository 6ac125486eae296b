/** What is promised when nothing breaks, and the site has more to do than it can. */
import { type Budget, known, missedShareAtMost, missedToUnlimited, notYet, type Promised } from "./promise.ts";

export const stressBudgets: readonly Budget[] = [
  { title: "Every core has something else to do, for ten minutes", promises: [calmPromise("cores-busy")] },
  {
    title: "Every core has eight other things to do, for ten minutes",
    promises: [calmPromise("cores-crowded", notYet)],
  },
  {
    title: "Twice the requests that the site carries, for five minutes",
    promises: [
      {
        about: "waits",
        says: "of what the site carries, or fails, where a worker is given only what it answers in a second",
        result: "overload",
        measure: { kind: "share", hits: ["missed"], of: "carried" },
        atMost: missedShareAtMost,
      },
      {
        about: "waits",
        says: "the same, in times what it is where the workers are given everything at once",
        result: "overload",
        measure: { kind: "ratio", figure: "missed", of: "median", to: "unlimited" },
        atMost: missedToUnlimited,
      },
      calmPromise("overload"),
    ],
  },
];

function calmPromise(result: string, knownMiss?: string): Promised {
  return {
    about: "never",
    says: "a machine is repaired that is only slow",
    result,
    measure: { kind: "worst", figures: ["repairs"] },
    atMost: 0,
    ...known(knownMiss),
  };
}
