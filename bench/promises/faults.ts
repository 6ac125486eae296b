/** What is promised when a machine, or a process in it, dies or hangs. */
import {
  type Budget,
  busyMachine,
  inWorstRun,
  type KnownMiss,
  known,
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
/** The same where the holder stands still, which is asked half as often. */
const stillPerS = 10;
/** Until the address is held again, and from one request to the next at either end. */
const stillOutageMs = unheldS.holderVm * 1_000 + 2 * (1_000 / stillPerS);
const busyConnections = 5;
const awayS = 0.5;

/** Why something is more than promised; `fails` is about new connections, `busy` about those that are. */
interface HolderMisses {
  readonly fails?: KnownMiss;
  readonly busy?: KnownMiss;
  readonly waits?: KnownMiss;
  readonly outage?: KnownMiss;
}

const allNotYet: HolderMisses = { fails: notYet, busy: notYet, waits: notYet, outage: notYet };

const rebuiltBeside = "while the two cores that emulate all machines rebuilt this one";

export const faultBudgets: readonly Budget[] = [
  {
    title: "The holder's nginx dies",
    promises: holderPromises("holder-nginx", unheldS.holderNginx, {
      waits: { why: `13 waited in one of 10 runs: ${busyMachine}`, missAtMost: 15 },
    }),
  },
  {
    title: "The holder's VM dies",
    promises: [
      ...holderPromises("holder-vm", unheldS.holderVm, {
        busy: { why: `6 were lost in one of 10 runs: ${busyMachine}`, missAtMost: 6 },
        waits: { why: `${busyMachine}; the tuned pair missed it too`, missAtMost: 15 },
      }),
      ...holderPromises("holder-vm.healers", unheldS.holderVm, allNotYet, ", under healers"),
      ...repairPromises("repair-balancer", "the balancer is rebuilt, and its healer has seen it well", "doneMs"),
      inWorstRun("never", "the address moves more than once", "repair-balancer", "moves", 1, notYet),
      inWorstRun("never", "two hold the address", "repair-balancer", "twoHoldersMs", 0, notYet),
    ],
  },
  {
    title: "The holder stands still for 30 s, and goes on",
    promises: [
      ...stillPromises("holder-frozen", "stopped by a signal"),
      ...stillPromises("holder-paused", "paused by the hypervisor", {
        tookBack: {
          why: "its clock has stood still as well, so that with the higher priority it does; a healer destroys it before",
          missAtMost: 1,
        },
      }),
      ...stillPromises("holder-frozen.healers", "stopped by a signal, under healers", {
        fails: { why: `73 failed in one of 10 runs, ${rebuiltBeside}`, missAtMost: 75 },
        waits: { why: `71 waited in one of 10 runs, and over 4 in five others, ${rebuiltBeside}`, missAtMost: 75 },
        outage: { why: `1.7 s in one of 10 runs, and over 550 ms in five others, ${rebuiltBeside}`, missAtMost: 1_800 },
      }),
      ...stillPromises("holder-paused.healers", "paused by the hypervisor, under healers", {
        fails: { why: `12 and 8 failed in two of 10 runs, ${rebuiltBeside}`, missAtMost: 15 },
        waits: { why: `21 waited in one of 10 runs, and over 4 in three others, ${rebuiltBeside}`, missAtMost: 25 },
        outage: { why: `1.5 s in one of 10 runs, and over 550 ms in five others, ${rebuiltBeside}`, missAtMost: 1_500 },
      }),
    ],
  },
  {
    title: "A worker's VM dies under busy connections",
    promises: [
      ...workerPromises("worker-vm"),
      ...workerPromises("worker-vm.healers", notYet, ", under healers"),
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
        knownMiss: {
          why: `14 failed in the one of 10 runs whose machine did not keep up before the fault: ${busyMachine}`,
          missAtMost: 15,
        },
      },
      ...postPromises("post-once"),
    ],
  },
];

interface StillMisses extends Omit<HolderMisses, "busy"> {
  readonly tookBack?: KnownMiss;
}

/** Of a holder that stands still and goes on: its peer takes the address as if it had died. */
function stillPromises(result: string, how: string, misses: StillMisses = {}): Promised[] {
  const newOnes = `requests on ${stillPerS} new connections a second, as many as begin in ${unheldS.holderVm} s: ${how}`;
  const begun = Math.ceil(unheldS.holderVm * stillPerS);
  return [
    inWorstRun("fails", newOnes, result, "failed", begun, misses.fails),
    inWorstRun("waits", newOnes, result, "slow", begun, misses.waits),
    inWorstRun(
      "outage",
      `the longest time without an answer: ${how}`,
      result,
      "outageMs",
      stillOutageMs,
      misses.outage,
    ),
    inWorstRun("never", `two hold the address, in milliseconds: ${how}`, result, "twoHoldersMs", twoHoldersAtMostMs),
    inWorstRun("never", `it takes the address back: ${how}`, result, "tookBack", 0, misses.tookBack),
  ];
}

/** `under`: whether healers ran, if they did. */
function holderPromises(result: string, unheldSeconds: number, misses: HolderMisses, under = ""): Promised[] {
  const newOnes = `requests on ${newPerS} new connections a second: as many as begin in ${unheldSeconds} s${under}`;
  const begun = unheldSeconds * newPerS;
  return [
    inWorstRun("fails", newOnes, result, "failed", begun, misses.fails),
    inWorstRun(
      "fails",
      `requests on ${busyConnections} busy connections to the holder: the one that each has under way${under}`,
      result,
      "usersFailed",
      busyConnections,
      misses.busy,
    ),
    // A connect that nobody hears is repeated after 1 s.
    inWorstRun("waits", newOnes, result, "slow", begun, misses.waits),
    ...(["median", "max"] as const).map(
      (of): Promised => ({
        about: "outage",
        says: `the tuned pair's longest time without an answer, ${of === "max" ? "in the worst run" : "in the median"}${under}`,
        result,
        measure: { kind: "ratio", figure: "outageMs", of, to: "tuned" },
        atMost: ratioToTuned,
        ...known(misses.outage),
      }),
    ),
  ];
}

function workerPromises(result: string, knownMiss?: KnownMiss, under = ""): Promised[] {
  return [
    {
      about: "fails",
      says: `requests, new ones and those under way on the victim${under}`,
      result,
      measure: { kind: "share", hits: ["failedInFlight", "failedAfter"], of: "requests" },
      atMost: 0,
      ...known(knownMiss),
    },
    {
      about: "waits",
      says: `requests${under}`,
      result,
      measure: { kind: "share", hits: ["slow"], of: "requests" },
      atMost: 0,
      ...known(knownMiss),
    },
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
    inWorstRun("never", "`pulumi preview --refresh` finds a change after the repair", result, "drifted", 0, notYet),
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
