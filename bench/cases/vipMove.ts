/**
 * The address is moved to another host's balancer on purpose, and back. New connections must not notice. A connection that
 * is open belongs to the old holder: what is under way on it is answered from there, and with that it ends.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { inHost } from "../../lab/machine.ts";
import { askedAgainMs, deadlineMs, defaultThinkMs, ratePerS, startMixedLoad } from "../mixedLoad.ts";
import { moveLossOf } from "../moveLoss.ts";
import { recordFrames } from "../observe.ts";
import { lossOf, quietP95Ms } from "../outage.ts";
import { moveOf, ownershipOf, routerOf } from "../ownership.ts";
import { comparePosts, countRuns } from "../postRuns.ts";
import { isKept, nowMs, type RequestRecord } from "../requestRecord.ts";
import { awaitHealthyPair, awaitHealthyWorkers, type Pair, type Rig } from "../rig.ts";
import { boundedShare } from "../statistics.ts";
import { type Case, type Check, checkQuiet, type Figures, figuresOf, type Run, type Trial, totalOf } from "./case.ts";

/** There and back. */
const movesPerRun = 2;

export const vipMove: Case = {
  name: "vip-move",
  what: "the address is moved to the other host's balancer by `vigil vip move`, and back",
  compared: false,
  users: 50,
  thinkMs: defaultThinkMs,
  healers: ["running"],
  warmups: 1,
  measure,
  judge,
};

async function measure({ rig, pair, dir, ...load }: Trial): Promise<Figures> {
  await awaitHealthyWorkers(rig, [pair]);
  await using recording = await recordFrames(rig, pair, dir);
  await using mixed = startMixedLoad(rig, pair, { ...load, dir });
  await mixed.settled();
  const beginMs = nowMs();
  const asked: number[] = [];
  for (let move = 0; move < movesPerRun; move++) asked.push(await moveAway(rig, pair, load.thinkMs));
  const [{ users, newcomers }, frames] = await Promise.all([mixed.stop(), recording.stop()]);

  const router = routerOf(pair);
  const { noHolderMs, twoHoldersMs } = ownershipOf(frames, router);
  const moves = asked.flatMap((askedMs) => moveOf(frames, router, askedMs) ?? []);
  const records = [...users, ...newcomers];
  const { inFlight, cutInFlight, cutLater, newFailed, keptFailed } = moveLossOf(records, moves);
  const runs = await countRuns(rig);
  const cut = [...cutInFlight, ...cutLater];
  const cutPosts = cut.filter(isPost);
  return {
    moves: moves.length,
    noHolderMs,
    twoHoldersMs,
    requests: records.length,
    onNew: records.filter((record) => !isKept(record)).length,
    usersPerS: ratePerS(users),
    newcomersPerS: ratePerS(newcomers),
    newFailed: newFailed.length,
    keptFailed: keptFailed.length,
    inFlight: inFlight.length,
    cutInFlight: cutInFlight.length,
    cutLater: cutLater.length,
    cutOnNew: cut.filter((record) => !isKept(record)).length,
    hungInFlight: cutInFlight.filter(hung).length,
    hungLater: cutLater.filter(hung).length,
    cutGets: cut.length - cutPosts.length,
    cutPosts: cutPosts.length,
    cutPostsRan: comparePosts(cutPosts, runs).failedButRan,
    slow: lossOf(records).slow,
    slowOnNew: lossOf(records.filter((record) => !isKept(record))).slow,
    worstOverrunMs: lossOf(records).worstOverrunMs,
    posts: records.filter(isPost).length,
    ...postFigures(records, runs),
    quietP95Ms: quietP95Ms(records, beginMs),
  };
}

/** Resolves to when it was asked for. */
async function moveAway(rig: Rig, pair: Pair, thinkMs?: string): Promise<number> {
  const { host } = await awaitHealthyPair(rig, pair);
  const askedMs = nowMs();
  await inHost(rig.lab, host, ["cli/vigil", "vip", "move", host]);
  await sleep(askedAgainMs(thinkMs));
  return askedMs;
}

function postFigures(records: readonly RequestRecord[], runs: Parameters<typeof comparePosts>[1]): Figures {
  const { ranTwice, answeredButNeverRan } = comparePosts(records.filter(isPost), runs);
  return { ranTwice, answeredButNeverRan };
}

function isPost({ kind }: RequestRecord): boolean {
  return kind === "post";
}

/** It heard nothing more, not even that its connection is gone. */
function hung({ error }: RequestRecord): boolean {
  return error === "DEADLINE";
}

function judge(runs: readonly Run[]): Check[] {
  const pair = runs[0]?.pair ?? "";
  const total = (name: string) => totalOf(runs, pair, name);
  const twoHoldersMs = Math.max(...figuresOf(runs, pair, "twoHoldersMs"));
  return [
    checkQuiet(runs),
    {
      about: "loss",
      claim: "each move was seen on the wire",
      met: total("moves") === movesPerRun * runs.length,
      found: `${total("moves")} of ${movesPerRun * runs.length}`,
    },
    {
      about: "loss",
      claim: "no request fails on a new connection",
      met: total("newFailed") === 0,
      found: boundedShare(total("newFailed"), total("onNew")),
    },
    {
      about: "loss",
      claim: "no request fails on a kept connection that no move has cut",
      met: total("keptFailed") === 0,
      found: `${total("keptFailed")} of ${total("requests")}`,
    },
    {
      about: "loss",
      claim: "what was under way on a connection to the old holder is answered",
      met: total("cutInFlight") === 0,
      found: cutSentence(total),
    },
    {
      about: "loss",
      claim: "nothing waits for an answer in vain",
      met: total("hungInFlight") + total("hungLater") === 0,
      found: `${total("hungInFlight") + total("hungLater")} waited until their deadline`,
    },
    {
      about: "loss",
      claim: "no POST runs twice",
      met: total("ranTwice") === 0,
      found: `${total("ranTwice")} of ${total("posts")}`,
    },
    {
      about: "loss",
      claim: "each answered POST ran",
      met: total("answeredButNeverRan") === 0,
      found: `${total("answeredButNeverRan")} did not`,
    },
    {
      about: "loss",
      claim: "never two holders",
      met: twoHoldersMs === 0,
      found: `${twoHoldersMs.toFixed(0)} ms at most`,
    },
  ];
}

function cutSentence(total: (name: string) => number): string {
  const moves = Math.max(1, total("moves"));
  const perMove = (name: string) => `${total(name)} (${(total(name) / moves).toFixed(1)} a move)`;
  return [
    `of ${perMove("inFlight")} under way on such a connection ${perMove("cutInFlight")} got no answer, ${total("hungInFlight")} by their deadline of ${deadlineMs / 1_000} s`,
    `${perMove("cutLater")} were sent on one later, ${total("hungLater")} of them hung`,
    `they were ${total("cutGets")} GETs and ${total("cutPosts")} POSTs, ${total("cutPostsRan")} of which had run`,
  ].join("; ");
}
