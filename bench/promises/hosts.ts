/** What is promised when a whole host goes. */
import { type Budget, known, neverOver, notYet, type Promised, twoHoldersAtMostMs } from "./promise.ts";

export const hostBudgets: readonly Budget[] = [
  {
    title: "A host loses its power, and has it again",
    promises: [
      nothingFails("requests after the loss, until the host is back", "host-power", ["failedStandingIn"], notYet),
      nothingFails("requests while its workers are given back", "host-power", ["failedGivingBack"], notYet),
      noDrift("host-power", notYet),
    ],
  },
  {
    title: "A host's cable is cut for 50 s, and mended",
    promises: [
      {
        about: "fails",
        says: "requests of the first 10 s: those that 12 busy connections have under way, and 2 newcomers",
        result: "host-cut",
        measure: { kind: "worst", figures: ["failedAtCut"] },
        atMost: 14,
      },
      {
        about: "fails",
        says: "requests later on, also when the cable is mended",
        result: "host-cut",
        measure: { kind: "worst", figures: ["failedWhileCut", "failedAfterMend"] },
        atMost: 0,
      },
      // Three adverts, a connect that is repeated after a second, and the request's own time.
      neverOver("a newcomer goes without an answer, in milliseconds", "host-cut", "outageMs", 1_850),
      neverOver(
        "two hold the address where users are, in milliseconds",
        "host-cut",
        "twoHoldersMs",
        twoHoldersAtMostMs,
      ),
      neverOver("the address moves a second time", "host-cut", "moves", 1),
      neverOver("something is repaired", "host-cut", "repairs", 0),
      noDrift("host-cut"),
    ],
  },
  {
    title: "A host is drained, is away, and is returned",
    promises: [
      nothingFails("requests", "host-reboot", ["failedOnNew", "failedOnKept"], notYet),
      neverOver("something is made in its place", "host-reboot", "made", 0, notYet),
      noDrift("host-reboot", notYet),
    ],
  },
];

function nothingFails(says: string, result: string, hits: readonly string[], knownMiss?: string): Promised {
  return {
    about: "fails",
    says,
    result,
    measure: { kind: "share", hits, of: "requests" },
    atMost: 0,
    ...known(knownMiss),
  };
}

function noDrift(result: string, knownMiss?: string): Promised {
  return neverOver("a host has drifted afterwards", result, "drifted", 0, knownMiss);
}
