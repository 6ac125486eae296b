/** What is promised when nothing breaks, and the site has more to do than it can. */
import { type Budget, known, notYet, type Promised } from "./promise.ts";

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
        about: "fails",
        says: "requests: what the site carries is served",
        result: "overload",
        measure: { kind: "share", hits: ["failed"], of: "requests" },
        atMost: 0.5,
        knownMiss: "the site sheds no load, so that it serves less than it can",
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
