/**
 * Every fault that the lab can bring about, under the eyes of the healers: each gets its own cause, the least repair, and
 * leaves no drift; and what would pass by itself is left alone. The two hosts go through their faults side by side, as
 * their healers know nothing of each other.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { followJournal } from "../../cli/demo/followJournal.ts";
import { checkout } from "../../cli/place.ts";
import { run } from "../../host/run.ts";
import { allWell, forgetThePast, healerOf, startHealer } from "../../lab/healers.ts";
import { hostDirs, labNamed } from "../../lab/lab.ts";
import { inHost, onHost } from "../../lab/machine.ts";
import { signal } from "../../lab/processes.ts";
import {
  breakAndHeal,
  breakNow,
  type Diary,
  expectCalm,
  expectNoDrift,
  mendNow,
  type Place,
  type Row,
  repairsIn,
  untilHealed,
} from "../support/healing.ts";

const lab = labNamed("test");
const bk: Place = { lab, host: "bk" };
const mb: Place = { lab, host: "mb" };
const minuteMs = 60_000;

const rows: readonly (readonly [Place, readonly Row[]])[] = [
  [
    bk,
    [
      { fault: "kill", slot: "web-1", cause: "machineCrashed", repair: "replace" },
      { fault: "stop-service", slot: "web-2", cause: "serviceDead", repair: "restartService" },
      { fault: "pause", slot: "web-1", cause: "machinePaused", repair: "resume" },
      { fault: "freeze", slot: "web-2", cause: "machineFrozen", repair: "powerCycle" },
      { fault: "undefine", slot: "web-1", cause: "domainUndefined", repair: "replace" },
      { fault: "detach", slot: "web-2", cause: "machineDetached", repair: "reattach" },
      { fault: "panic", slot: "web-1", cause: "machinePanicked", repair: "powerCycle" },
      { fault: "mute-guest", slot: "web-2", cause: "machineUnreachable", repair: "reset" },
      { fault: "kill", slot: "lb-1", cause: "machineCrashed", repair: "replace" },
    ],
  ],
  [
    mb,
    [
      { fault: "destroy", slot: "web-1", cause: "machineStopped", repair: "start" },
      { fault: "hang-service", slot: "web-2", cause: "serviceHung", repair: "restartService" },
      { fault: "stop-agent", slot: "web-1", cause: "agentDead", repair: "restartAgent" },
      { fault: "delete-volume", slot: "web-2", cause: "diskMissing", repair: "replace" },
      { fault: "stop-keepalived", slot: "lb-1", cause: "keepalivedDead", repair: "restartKeepalived" },
      { fault: "stop-service", slot: "lb-1", cause: "serviceDead", repair: "restartService" },
      { fault: "fill-guest", slot: "web-1", cause: "guestDiskFull", repair: "replace" },
      { fault: "hang-guest", slot: "web-2", cause: "machineHung", repair: "reset" },
      { fault: "freeze", slot: "lb-1", cause: "balancerFrozen", repair: "powerCycle" },
    ],
  ],
];

type Scenario = readonly [what: string, play: (diary: Diary) => Promise<void>];

const scenarios: readonly (readonly [Place, readonly Scenario[]])[] = [
  [
    bk,
    [
      ["a stall of three seconds is left alone", stall],
      ["all workers cut off at once are left alone, and a person is told", cutWorkers],
      ["libvirtd away for five seconds is left alone", withoutLibvirtd],
      ["three machines that die at once are one batch", dieTogether],
      ["a bridge that lost all its ports gets them back, and no machine is touched", emptyBridge],
    ],
  ],
  [
    mb,
    [
      ["a healer that was stopped for thirty seconds blames nobody", stoppedHealer],
      ["a managed file that was edited by hand is left alone, and a person is told", editedFile],
      ["a stack file that is wrong does not stop a repair", wrongStackFile],
      ["a healer that dies in the middle of a repair is followed by one that ends it", healerDies],
      ["a person's update is waited for, then the repair is done", personHoldsTheStack],
    ],
  ],
];

before(
  async () => {
    await run([`${checkout}/cli/vigil`, "demo", "--no-faults", "--lab", lab.name], { timeoutMs: 6 * minuteMs });
    for (const { host } of [bk, mb]) await startHealer(lab, host);
    for (const { host } of [bk, mb]) await allWell(lab, host, 3, 2 * minuteMs);
  },
  { timeout: 8 * minuteMs },
);

after(async () => {
  await run([`${checkout}/cli/vigil`, "lab", "down", "--force", "--lab", lab.name]);
});

test("every fault is named, repaired by the least that helps, and leaves no drift", {
  timeout: 25 * minuteMs,
}, async (t) => {
  await sideBySide(t, rows, (t, place, row) =>
    t.test(`${place.host}/${row.slot}: ${row.fault}`, { timeout: 5 * minuteMs }, (one) =>
      breakAndHeal(place, row, one),
    ),
  );
});

test("what passes is left alone, and what comes between a fault and its repair does not stop it", {
  timeout: 20 * minuteMs,
}, async (t) => {
  // So many faults of one machine spend its budget, as they should.
  for (const { host } of [bk, mb]) await forgetThePast(lab, host);
  for (const { host } of [bk, mb]) await allWell(lab, host, 3, 2 * minuteMs);
  await sideBySide(t, scenarios, (t, { host }, [what, play]) =>
    t.test(`${host}: ${what}`, { timeout: 5 * minuteMs }, (one) => play(one)),
  );
});

test("in the end the engine finds no drift, and no repair has left a process", { timeout: 3 * minuteMs }, async () => {
  for (const place of [bk, mb]) await expectNoDrift(place);
  assert.deepEqual(await leftByRepairs(), []);
});

/** Processes that a repair has started, but for the engines that wait for the next one. */
async function leftByRepairs(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (!`\0${environment}`.includes("\0VIGIL_REPAIR=")) return [];
      return [(await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ")];
    }),
  );
  return lines.flat().filter((line) => !line.includes("engineChild.ts"));
}

async function sideBySide<Item>(
  t: TestContext,
  lanes: readonly (readonly [Place, readonly Item[]])[],
  play: (t: TestContext, place: Place, item: Item) => Promise<void>,
): Promise<void> {
  await Promise.all(
    lanes.map(async ([place, items]) => {
      for (const item of items) await play(t, place, item);
    }),
  );
}

async function stall(diary: Diary): Promise<void> {
  const story = await expectCalm(
    bk,
    async () => {
      await breakNow(bk, "freeze", "web-2");
      await sleep(3_000);
      await mendNow(bk, "freeze", "web-2");
    },
    diary,
  );
  assert.ok(
    story.some(({ slot, sentence }) => slot === "web-2" && /somebody may be debugging it/.test(sentence ?? "")),
    "it did not say why it waits",
  );
}

async function cutWorkers(diary: Diary): Promise<void> {
  const story = await expectCalm(bk, () => breakNow(bk, "cut-workers"), diary);
  await mendNow(bk, "cut-workers");
  assert.ok(
    story.some(({ kind, sentence }) => kind === "page" && /most workers bad at once/.test(sentence ?? "")),
    "nobody was told",
  );
  await sleep(3_000);
}

async function editedFile(diary: Diary): Promise<void> {
  const story = await expectCalm(mb, () => breakNow(mb, "edit-file", "lb-1"), diary);
  await mendNow(mb, "edit-file", "lb-1");
  assert.ok(
    story.some(({ kind, slot, cause }) => kind === "status" && slot === "lb-1" && cause === "filesChanged"),
    "the edit was not noticed",
  );
  await sleep(3_000);
}

async function withoutLibvirtd(diary: Diary): Promise<void> {
  await expectCalm(
    bk,
    async () => {
      await breakNow(bk, "libvirtd");
      await sleep(5_000);
      await mendNow(bk, "libvirtd");
    },
    diary,
  );
}

async function dieTogether(diary: Diary): Promise<void> {
  const slots = ["lb-1", "web-1", "web-2"];
  const healed = untilHealed(bk, slots, diary);
  await Promise.all(slots.map((slot) => breakNow(bk, "kill", slot)));
  assert.deepEqual(repairsIn(await healed), [slots.map((slot) => `replace ${slot}`)]);
}

async function emptyBridge(diary: Diary): Promise<void> {
  const slots = ["lb-1", "web-1", "web-2"];
  const healed = untilHealed(bk, slots, diary);
  await breakNow(bk, "empty-bridge");
  const repairs = repairsIn(await healed).flat();
  assert.deepEqual(
    repairs.sort(),
    slots.map((slot) => `reattach ${slot}`),
  );
}

async function stoppedHealer(diary: Diary): Promise<void> {
  const healer = await healerOf(lab, mb.host);
  assert.ok(healer, "no healer runs");
  const story = await expectCalm(
    mb,
    async () => {
      await signal(healer, "SIGSTOP");
      await sleep(30_000);
      await signal(healer, "SIGCONT");
    },
    diary,
  );
  assert.ok(
    story.some(({ kind }) => kind === "notListening"),
    "it did not say that it was not listening",
  );
}

async function wrongStackFile(diary: Diary): Promise<void> {
  const file = `Pulumi.${mb.host}.yaml`;
  await inHost(lab, mb.host, ["cp", file, "/tmp/good.yaml"]);
  await inHost(lab, mb.host, ["sh", "-c", `echo 'config: [' >${file}`]);
  try {
    const healed = untilHealed(mb, ["web-1"], diary);
    await breakNow(mb, "kill", "web-1");
    await healed;
  } finally {
    await inHost(lab, mb.host, ["cp", "/tmp/good.yaml", file]);
  }
}

async function healerDies(diary: Diary): Promise<void> {
  const healer = await healerOf(lab, mb.host);
  assert.ok(healer, "no healer runs");
  const deleted = followJournal(lab, mb.host, minuteMs, ({ kind }) => kind === "progress");
  await breakNow(mb, "kill", "web-2");
  await deleted;
  await signal(healer, "SIGKILL");
  await sleep(2_000);
  await startHealer(lab, mb.host);
  await allWell(lab, mb.host, 3, 2 * minuteMs);
  diary.diagnostic("all are well with the next healer");
  await expectNoDrift(mb);
  assert.deepEqual(await locksOf(mb), [], "a lock is left");
}

/** `pulumi up` holds the stack while it asks whether to go on: it asks at a terminal, and if there is a change to make. */
async function personHoldsTheStack(diary: Diary): Promise<void> {
  const setWorkers = (count: number) =>
    inHost(lab, mb.host, ["pulumi", "config", "set", "--stack", mb.host, "vigil:workers", `${count}`]);
  await setWorkers(3);
  const { argv, env } = await onHost(lab, mb.host, ["script", "-qfec", `pulumi up --stack ${mb.host}`, "/dev/null"]);
  const person = spawn(argv[0] ?? "", argv.slice(1), { env, stdio: ["pipe", "ignore", "ignore"] });
  const ended = new Promise<void>((resolve) => person.once("close", () => resolve()));
  for (let tries = 0; (await locksOf(mb)).length === 0; tries += 1) {
    assert.ok(tries < 600, "the person's update does not hold the stack");
    await sleep(100);
  }
  const healed = untilHealed(mb, ["web-1"], diary);
  const paged = followJournal(lab, mb.host, minuteMs, ({ kind }) => kind === "page");
  await breakNow(mb, "kill", "web-1");
  const page = (await paged).at(-1);
  assert.match(page?.sentence ?? "", /the stack is held by/);
  const interrupt = "\u0003";
  person.stdin.end(interrupt);
  await ended;
  await healed;
  await setWorkers(2);
  const { stdout } = await inHost(lab, mb.host, ["virsh", "list", "--all", "--name"]);
  assert.doesNotMatch(stdout, /web-3/, "a repair has deployed what nobody had applied");
}

async function locksOf({ host }: Place): Promise<string[]> {
  const dir = join(hostDirs(lab, host).disk, "vigil", "state", ".pulumi", "locks");
  const files = await readdir(dir, { recursive: true }).catch(() => []);
  return files.filter((name) => name.endsWith(".json"));
}
