/** What is promised when a whole host goes. */
import {
  type Budget,
  inWorstRun,
  type KnownMiss,
  known,
  type NotMeasured,
  notYet,
  type Promised,
  servesWithinBoots,
  twoHoldersAtMostMs,
} from "./promise.ts";

/** A connect that nobody has heard is repeated after a second; the request's own time is at most half a second. */
const retriedMs = 1_500;
/** Three adverts and a skew. */
const silentMs = 350 + retriedMs;
/** A balancer that hears nothing has heard nothing for 1.2 s when it says so, give or take a tick; its adverts were heard. */
const deafMs = 1_400 + retriedMs;

/** As the bench sends them. */
const newcomerEveryMs = 250;
const people = 50;

const tooLate: KnownMiss = {
  why: "a request had 2 s there, and has 5 s in the bench now; a worker took a minute to boot on these cores, and those that had just come up were slower while others still booted",
  missAtMost: 0.11,
};

const closedByReload: KnownMiss = {
  why: "1 of 4,644: when the workers were back the holder's nginx read its pool anew, and closed an idle connection on which a client was just sending a POST",
  missAtMost: 1,
};

const loneWorkerSlow: KnownMiss = {
  why: "2.4 s in one of 10 runs: the address had moved as in the others, and the one worker that was left took a second longer for those who came all at once",
  missAtMost: 2_500,
};

export const hostBudgets: readonly Budget[] = [
  {
    title: "Every host loses its power at once, and has it again",
    promises: [
      {
        about: "repair",
        says: "until it is served again, in boots of a worker: all at once, one host first, the switch late, no witness, amid an update",
        result: "cold-start",
        measure: { kind: "worst", figures: ["servesBoots"] },
        atMost: servesWithinBoots,
      },
      nothingFails("requests once one was answered", "cold-start", ["failed"], tooLate),
      inWorstRun("never", "a machine is replaced", "cold-start", "replaced", 0),
      noDrift("cold-start"),
    ],
  },
  {
    title: "A host loses its power, and has it again",
    promises: [
      ...keptPromises("host-power"),
      nothingFailsWhile("StandingIn", "other requests from 10 s after the loss, until the host is back", "none failed"),
      nothingFailsWhile(
        "Booting",
        "other requests while its machines boot",
        "45 failed, POSTs and slow GETs that took over 5 s, while three machines booted on two cores that emulated four others",
      ),
      nothingFailsWhile("GivingBack", "other requests while its workers are given back", "none failed"),
      noDrift("host-power"),
    ],
  },
  {
    title: "A host's cable is cut for 50 s, and mended",
    promises: holderCutPromises("host-cut", silentMs, { outage: loneWorkerSlow }),
  },
  {
    title: "A host's cable fails in one direction for 50 s: it hears nothing, or nobody hears it",
    promises: [
      ...holderCutPromises("host-deaf", deafMs),
      ...holderCutPromises("host-mute", silentMs, { later: closedByReload }),
    ],
  },
  {
    title: "The witness is cut off for 50 s",
    promises: [
      nothingFails("requests", "witness-lost", ["failedOnKept", "failedAtCut", "failedWhileCut", "failedAfterMend"]),
      inWorstRun("never", "the address moves", "witness-lost", "moves", 0),
    ],
  },
  {
    title: "A host is drained, is away, and is returned",
    promises: drainedPromises("host-reboot"),
  },
  {
    title: "A host is drained, an update replaces all its machines, and it is returned",
    promises: drainedPromises("host-change", notYet, notYet),
  },
];

function drainedPromises(result: string, failedMiss?: KnownMiss, otherMiss?: KnownMiss): Promised[] {
  return [
    nothingFails("requests", result, ["failedOnNew", "failedOnKept"], failedMiss),
    inWorstRun("never", "something is made in its place", result, "made", 0, otherMiss),
    noDrift(result, otherMiss),
  ];
}

/** Of a host that has the address and is no longer heard, or hears nothing; `outageMs`: how long newcomers may wait then. */
function holderCutPromises(
  result: string,
  outageMs: number,
  misses: { readonly later?: KnownMiss; readonly outage?: KnownMiss } = {},
): Promised[] {
  return [
    {
      about: "fails",
      says: "requests of the first 10 s without a connection of before: newcomers until the address has moved",
      result,
      measure: { kind: "worst", figures: ["failedAtCut"] },
      atMost: Math.ceil(outageMs / newcomerEveryMs),
    },
    ...keptPromises(result),
    {
      about: "fails",
      says: "requests later on, also when the cable is mended",
      result,
      measure: { kind: "worst", figures: ["failedWhileCut", "failedAfterMend"] },
      atMost: 0,
      ...known(misses.later),
    },
    inWorstRun(
      "never",
      "a newcomer goes without an answer, in milliseconds",
      result,
      "outageMs",
      outageMs,
      misses.outage,
    ),
    inWorstRun(
      "never",
      "two hold the address, in milliseconds, as the users' side sees it: a balancer that is cut off is not seen there",
      result,
      "twoHoldersMs",
      twoHoldersAtMostMs,
    ),
    inWorstRun("never", "the address moves more than once", result, "moves", 1),
    inWorstRun("never", "something is repaired", result, "repairs", 0),
    noDrift(result),
  ];
}

/** Of connections that were kept to a host that goes without a word. */
function keptPromises(result: string): Promised[] {
  return [
    {
      about: "fails",
      says: `requests on the ${people} connections that people keep: one on each that was kept to that host`,
      result,
      measure: { kind: "worst", figures: ["failedOnKept"] },
      atMost: people,
    },
    {
      about: "fails",
      says: "a second request on such a connection",
      result,
      measure: { kind: "worst", figures: ["failedAgain"] },
      atMost: 0,
    },
  ];
}

/** Of what was asked in one phase of `host-power`; `found`: what the result has that does not count them by phases. */
function nothingFailsWhile(phase: "StandingIn" | "Booting" | "GivingBack", says: string, found: string): Promised {
  const uncounted: NotMeasured = {
    notYet: `${found}; of how many the result does not say, since the bench counted the requests of each phase only later`,
  };
  return {
    about: "fails",
    says,
    result: "host-power",
    measure: { kind: "share", hits: [`failed${phase}`], of: `requests${phase}` },
    atMost: 0,
    knownMiss: uncounted,
  };
}

function nothingFails(says: string, result: string, hits: readonly string[], knownMiss?: KnownMiss): Promised {
  return {
    about: "fails",
    says,
    result,
    measure: { kind: "share", hits, of: "requests" },
    atMost: 0,
    ...known(knownMiss),
  };
}

function noDrift(result: string, knownMiss?: KnownMiss): Promised {
  return inWorstRun("never", "a host has drifted afterwards", result, "drifted", 0, knownMiss);
}
