/** What is promised when nothing breaks, and the site has more to do than it can. */
import {
  askedToUnlimited,
  type Budget,
  type KnownMiss,
  known,
  missedShareAtMost,
  notYet,
  type Promised,
} from "./promise.ts";

export const stressBudgets: readonly Budget[] = [
  { title: "Every core has something else to do, for ten minutes", promises: [calmPromise("cores-busy")] },
  {
    title: "Every core has eight other things to do, for ten minutes",
    promises: [calmPromise("cores-crowded", notYet)],
  },
  {
    title: "Every worker is short of memory, for ten minutes",
    promises: [calmPromise("memory-tight", notYet)],
  },
  {
    title: "Nothing can be written to any host's pool for two seconds of each twenty, for ten minutes",
    promises: [calmPromise("disk-stalls")],
  },
  {
    title: "Every host's bridge loses one frame of fifty, for ten minutes",
    promises: [calmPromise("frames-lost")],
  },
  {
    title: "Twice the requests that the site carries, for five minutes",
    promises: [
      {
        about: "waits",
        says: "what the site carries, or gets no answer, where a worker is given only what it answers in a second",
        result: "overload",
        measure: { kind: "share", hits: ["missed"], of: "carried" },
        atMost: missedShareAtMost,
      },
      {
        about: "waits",
        says: "requests for each answer within a second, in times what it takes where the workers are given all at once",
        result: "overload",
        measure: { kind: "ratio", figure: "askedPerAnswer", of: "median", to: "unlimited" },
        atMost: askedToUnlimited,
      },
      calmPromise("overload"),
    ],
  },
];

function calmPromise(result: string, knownMiss?: KnownMiss): Promised {
  return {
    about: "never",
    says: "a machine is repaired that is only slow",
    result,
    measure: { kind: "worst", figures: ["repairs"] },
    atMost: 0,
    ...known(knownMiss),
  };
}
