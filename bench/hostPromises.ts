/** What is promised when a whole host goes. */
import type { Budget, Promised } from "./promises.ts";

const notYet = "not measured yet: `make bench` does";

export const hostBudgets: readonly Budget[] = [
  {
    title: "A host loses its power, and has it again",
    promises: [
      nothingFails("requests after the loss, until the host is back", "host-power", ["failedStandingIn"]),
      nothingFails("requests while its workers are given back", "host-power", ["failedGivingBack"]),
      noDrift("host-power"),
    ],
  },
  {
    title: "A host is drained, is away, and is returned",
    promises: [
      nothingFails("requests", "host-reboot", ["failedOnNew", "failedOnKept"]),
      {
        about: "never",
        says: "something is made in its place",
        result: "host-reboot",
        measure: { kind: "worst", figures: ["made"] },
        atMost: 0,
        knownMiss: notYet,
      },
      noDrift("host-reboot"),
    ],
  },
];

function nothingFails(says: string, result: string, hits: readonly string[]): Promised {
  return {
    about: "fails",
    says,
    result,
    measure: { kind: "share", hits, of: "requests" },
    atMost: 0,
    knownMiss: notYet,
  };
}

function noDrift(result: string): Promised {
  return {
    about: "never",
    says: "a host has drifted afterwards",
    result,
    measure: { kind: "worst", figures: ["drifted"] },
    atMost: 0,
    knownMiss: notYet,
  };
}
