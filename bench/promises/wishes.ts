/** What is promised when a person wants something. */
import { type Budget, notYet, postPromises, ratioToMinimal } from "./promise.ts";

export const wishBudgets: readonly Budget[] = [
  {
    title: "The address is moved on purpose, there and back",
    promises: [
      {
        about: "fails",
        says: "requests on new connections",
        result: "vip-move",
        measure: { kind: "share", hits: ["newFailed"], of: "onNew" },
        atMost: 0,
      },
      {
        about: "fails",
        says: "requests on kept connections that no move has cut",
        result: "vip-move",
        measure: { kind: "share", hits: ["keptFailed"], of: "requests" },
        atMost: 0,
      },
      {
        about: "fails",
        says: "requests that were under way with the old holder",
        result: "vip-move",
        measure: { kind: "share", hits: ["cutInFlight"], of: "inFlight" },
        atMost: 0,
      },
      {
        about: "never",
        says: "a request waits in vain",
        result: "vip-move",
        measure: { kind: "share", hits: ["hungInFlight", "hungLater"], of: "requests" },
        atMost: 0,
      },
      ...postPromises("vip-move"),
      {
        about: "never",
        says: "two hold the address",
        result: "vip-move",
        measure: { kind: "worst", figures: ["twoHoldersMs"] },
        atMost: 0,
      },
    ],
  },
  {
    title: "A host is scaled up by two workers, and down again",
    promises: [
      {
        about: "fails",
        says: "requests",
        result: "scale",
        measure: { kind: "share", hits: ["failedOnNew", "failedOnKept"], of: "requests" },
        atMost: 0,
      },
      {
        about: "waits",
        says: "requests",
        result: "scale",
        measure: { kind: "share", hits: ["slow"], of: "requests" },
        atMost: 0,
        knownMiss: {
          why: "two machines boot on two cores that emulate five others, and answer slowly at first",
          missAtMost: 0.05,
        },
      },
    ],
  },
  {
    title: "Nothing has changed, and somebody runs `pulumi up`",
    promises: [
      {
        about: "update",
        says: "the time of a program with one storage pool, in the median",
        result: "unchanged-up",
        measure: { kind: "ratio", figure: "upMs", of: "median", to: "minimal" },
        atMost: ratioToMinimal,
        knownMiss: notYet,
      },
    ],
  },
];
