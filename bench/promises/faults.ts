/** What is promised when a machine, or a process in it, dies or hangs. */
import {
  type Budget,
  busyMachine,
  known,
  neverOver,
  notYet,
  type Promised,
  postPromises,
  ratioToByHand,
  ratioToTofu,
  ratioToTuned,
  ratioToVirsh,
  twoHoldersAtMostMs,
  workersBackMs,
} from "./promise.ts";

/** Until a dead machine has been rebuilt; emulated guests boot more slowly than this under KVM. */
const rebuiltMs = 30_000;
/** New connections a second, in the cases that open one for each request. */
const newPerS = 20;
/** Three missed adverts and the skew, and less where the holder can still say that it goes. */
const unheldS = { holderNginx: 0.1, holderVm: 0.35 };
const busyConnections = 5;
const awayS = 0.5;

export const faultBudgets: readonly Budget[] = [
  {
    title: "The holder's nginx dies",
    promises: holderPromises("holder-nginx", unheldS.holderNginx, {
      waits: `13 waited in one of 10 runs: ${busyMachine}`,
    }),
  },
  {
    title: "The holder's VM dies",
    promises: [
      ...holderPromises("holder-vm", unheldS.holderVm, {
        busy: `6 were lost in one of 10 runs: ${busyMachine}`,
        waits: `${busyMachine}; the tuned pair missed it too`,
      }),
      ...repairPromises("repair-balancer", "the balancer is rebuilt, and its healer has seen it well", "doneMs"),
      neverOver("the address moves more than once", "repair-balancer", "moves", 1, notYet),
      neverOver("two hold the address", "repair-balancer", "twoHoldersMs", 0, notYet),
    ],
  },
  {
    title: "The holder stands still for 30 s, and goes on",
    promises: [
      twoHolders("holder-frozen", "stopped by a signal"),
      twoHolders("holder-paused", "paused by the hypervisor"),
      twoHolders("holder-frozen.healers", "stopped by a signal, under healers"),
      twoHolders("holder-paused.healers", "paused by the hypervisor, under healers"),
      neverOver("it takes the address back: stopped by a signal", "holder-frozen", "tookBack", 0),
      neverOver(
        "it takes the address back: paused by the hypervisor",
        "holder-paused",
        "tookBack",
        0,
        "its clock has stood still as well, so that with the higher priority it does; a healer destroys it before",
      ),
      neverOver(
        "it takes the address back: stopped by a signal, under healers",
        "holder-frozen.healers",
        "tookBack",
        0,
      ),
      neverOver(
        "it takes the address back: paused by the hypervisor, under healers",
        "holder-paused.healers",
        "tookBack",
        0,
      ),
    ],
  },
  {
    title: "A worker's VM dies under busy connections",
    promises: [
      {
        about: "fails",
        says: "requests, new ones and those under way on the victim",
        result: "worker-vm",
        measure: { kind: "share", hits: ["failedInFlight", "failedAfter"], of: "requests" },
        atMost: 0,
      },
      {
        about: "waits",
        says: "requests",
        result: "worker-vm",
        measure: { kind: "share", hits: ["slow"], of: "requests" },
        atMost: 0,
      },
      ...repairPromises("repair", "the worker is rebuilt, and answers", "awayMs"),
    ],
  },
  { title: "All workers stop for 0.5 s", promises: awayPromises("workers-frozen") },
  { title: "All workers are cut off for 0.5 s", promises: awayPromises("workers-cut") },
  {
    title: "One GET takes 3 s",
    promises: [
      {
        about: "fails",
        says: "requests, the slow one and the others",
        result: "slow-get",
        measure: { kind: "worst", figures: ["slowFailed", "othersFailed"] },
        atMost: 0,
      },
      {
        about: "waits",
        says: "other requests",
        result: "slow-get",
        measure: { kind: "worst", figures: ["othersSlow"] },
        atMost: 0,
      },
    ],
  },
  {
    title: "A worker hangs with POSTs in its hands",
    promises: [
      {
        about: "fails",
        says: "POSTs, one for each of 12 busy connections: what may have run is not repeated",
        result: "post-once",
        measure: { kind: "worst", figures: ["failed"] },
        atMost: 12,
        knownMiss: `14 failed in the one of 10 runs whose machine did not keep up before the fault: ${busyMachine}`,
      },
      ...postPromises("post-once"),
    ],
  },
];

function twoHolders(result: string, how: string): Promised {
  return neverOver(`two hold the address, in milliseconds: ${how}`, result, "twoHoldersMs", twoHoldersAtMostMs);
}

/** Why those on busy connections, and those that wait, are more than promised. */
interface HolderMisses {
  readonly busy?: string;
  readonly waits?: string;
}

function holderPromises(result: string, unheldSeconds: number, misses: HolderMisses): Promised[] {
  const newOnes = `requests on ${newPerS} new connections a second: as many as begin in ${unheldSeconds} s`;
  const begun = unheldSeconds * newPerS;
  return [
    { about: "fails", says: newOnes, result, measure: { kind: "worst", figures: ["failed"] }, atMost: begun },
    {
      about: "fails",
      says: `requests on ${busyConnections} busy connections to the holder: the one that each has under way`,
      result,
      measure: { kind: "worst", figures: ["usersFailed"] },
      atMost: busyConnections,
      ...known(misses.busy),
    },
    // A connect that nobody hears is repeated after 1 s.
    {
      about: "waits",
      says: newOnes,
      result,
      measure: { kind: "worst", figures: ["slow"] },
      atMost: begun,
      ...known(misses.waits),
    },
    ...(["median", "max"] as const).map(
      (of): Promised => ({
        about: "outage",
        says: `the tuned pair's longest time without an answer, ${of === "max" ? "in the worst run" : "in the median"}`,
        result,
        measure: { kind: "ratio", figure: "outageMs", of, to: "tuned" },
        atMost: ratioToTuned,
      }),
    ),
  ];
}

/** Of a machine's repair by its healer, which takes turns with what people use instead. */
function repairPromises(result: string, rebuilt: string, figure: string): Promised[] {
  const beside = (says: string, ofFigure: string, to: string, atMost: number): Promised => ({
    about: "repair",
    says: `${says}, in the median`,
    result,
    measure: { kind: "ratio", figure: ofFigure, of: "median", to },
    atMost,
    knownMiss: notYet,
  });
  return [
    {
      about: "repair",
      says: rebuilt,
      result,
      measure: { kind: "worst", figures: [figure] },
      atMost: rebuiltMs,
      knownMiss: notYet,
    },
    beside("the time of the fewest `virsh` steps that make the machine again", "awayMs", "virsh", ratioToVirsh),
    beside("the time by hand, as we have reconstructed it", "awayMs", "by-hand-reconstructed", ratioToByHand),
    beside("once it is decided on, the time of `tofu apply -replace`", "replaceMs", "tofu", ratioToTofu),
    neverOver("`pulumi preview --refresh` finds a change after the repair", result, "drifted", 0, notYet),
  ];
}

function awayPromises(result: string): Promised[] {
  const says = `requests on ${newPerS} new connections a second: as many as begin while no worker is there`;
  return [
    { about: "fails", says, result, measure: { kind: "worst", figures: ["failed"] }, atMost: awayS * newPerS },
    { about: "waits", says, result, measure: { kind: "worst", figures: ["slow"] }, atMost: awayS * newPerS },
    {
      about: "outage",
      says: "from the workers' return until every request is answered",
      result,
      measure: { kind: "worst", figures: ["restoredMs"] },
      atMost: workersBackMs,
    },
  ];
}
