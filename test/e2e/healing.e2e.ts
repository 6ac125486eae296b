/**
 * Every fault that the lab can bring about, under the eyes of the healers: each gets its own cause, the least repair, and
 * leaves no drift. The two hosts go through their faults side by side, as their healers know nothing of each other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { followJournal, type Noted } from "../../cli/demo/followJournal.ts";
import { checkout } from "../../cli/place.ts";
import type { CauseName } from "../../healer/core/causes.ts";
import { run } from "../../host/run.ts";
import { type Fault, type FaultName, faults, hostNamed } from "../../lab/faults.ts";
import { allWell, startHealer } from "../../lab/healers.ts";
import { labNamed } from "../../lab/lab.ts";
import { inHost } from "../../lab/machine.ts";

const lab = labNamed("test");
const minuteMs = 60_000;

interface Row {
  readonly fault: FaultName;
  readonly slot: string;
  readonly cause: CauseName;
  readonly repair: string;
}

const rows: Readonly<Record<string, readonly Row[]>> = {
  bk: [
    { fault: "kill", slot: "web-1", cause: "machineCrashed", repair: "replace" },
    { fault: "stop-service", slot: "web-2", cause: "serviceDead", repair: "restartService" },
    { fault: "pause", slot: "web-1", cause: "machinePaused", repair: "resume" },
    { fault: "freeze", slot: "web-2", cause: "machineFrozen", repair: "powerCycle" },
    { fault: "undefine", slot: "web-1", cause: "domainUndefined", repair: "replace" },
    { fault: "detach", slot: "web-2", cause: "machineDetached", repair: "reattach" },
    { fault: "panic", slot: "web-1", cause: "machinePanicked", repair: "powerCycle" },
    { fault: "kill", slot: "lb-1", cause: "machineCrashed", repair: "replace" },
  ],
  mb: [
    { fault: "destroy", slot: "web-1", cause: "machineStopped", repair: "start" },
    { fault: "hang-service", slot: "web-2", cause: "serviceHung", repair: "restartService" },
    { fault: "stop-agent", slot: "web-1", cause: "agentDead", repair: "restartAgent" },
    { fault: "delete-volume", slot: "web-2", cause: "diskMissing", repair: "replace" },
    { fault: "stop-keepalived", slot: "lb-1", cause: "keepalivedDead", repair: "restartKeepalived" },
    { fault: "stop-service", slot: "lb-1", cause: "serviceDead", repair: "restartService" },
    { fault: "fill-guest", slot: "web-1", cause: "guestDiskFull", repair: "replace" },
    { fault: "freeze", slot: "lb-1", cause: "balancerFrozen", repair: "powerCycle" },
  ],
};

before(
  async () => {
    await run([`${checkout}/cli/vigil`, "demo", "--no-faults", "--lab", lab.name], { timeoutMs: 6 * minuteMs });
    await Promise.all(Object.keys(rows).map((host) => startHealer(lab, host)));
    await Promise.all(Object.keys(rows).map((host) => allWell(lab, host, 3, 2 * minuteMs)));
  },
  { timeout: 8 * minuteMs },
);

after(async () => {
  await run([`${checkout}/cli/vigil`, "lab", "down", "--force", "--lab", lab.name]);
});

test("every fault is named, repaired by the least that helps, and leaves no drift", {
  timeout: 25 * minuteMs,
}, async (t) => {
  await Promise.all(
    Object.entries(rows).map(async ([host, faultsOfHost]) => {
      for (const row of faultsOfHost) {
        await t.test(`${host}/${row.slot}: ${row.fault}`, { timeout: 5 * minuteMs }, (one) =>
          breakAndHeal(host, row, one),
        );
      }
    }),
  );
});

test("what the healers say at the end is that there is no drift, and the engine agrees", {
  timeout: 3 * minuteMs,
}, async () => {
  for (const host of Object.keys(rows)) {
    const argv = ["pulumi", "preview", "--refresh", "--expect-no-changes", "--stack", host, "--non-interactive"];
    const { code, stdout, stderr } = await inHost(lab, host, argv);
    assert.equal(code, 0, stdout + stderr);
  }
});

async function breakAndHeal(host: string, row: Row, t: { diagnostic(message: string): void }): Promise<void> {
  const startMs = performance.now();
  let namedMs = 0;
  let greenMs = 0;
  const following = followJournal(lab, host, 4 * minuteMs, (noted) => {
    if (isStatus(noted, row.slot, "red")) namedMs ||= performance.now() - startMs;
    if (isStatus(noted, row.slot, "green")) greenMs = performance.now() - startMs;
    return namedMs > 0 && greenMs > 0 && noted.kind === "drift";
  });
  const fault: Fault = faults[row.fault];
  await fault.break(lab, await hostNamed(lab, host), row.slot);
  const story = await following;
  t.diagnostic(`named after ${seconds(namedMs)}, well after ${seconds(greenMs)}`);
  for (const line of story)
    if (line.sentence !== undefined) t.diagnostic(`${line.kind} ${line.slot ?? ""}: ${line.sentence}`);

  const red = story.find((noted) => isStatus(noted, row.slot, "red"));
  assert.equal(red?.cause, row.cause, `named ${red?.cause}: ${red?.sentence}`);
  assert.deepEqual(repairsIn(story), [`${row.repair} ${row.slot}`]);
  assert.ok(greenMs > 0, "it did not become well again");
  const drift = story.find(({ kind }) => kind === "drift");
  assert.equal(drift?.clean, true, drift?.sentence);
}

function repairsIn(story: readonly Noted[]): string[] {
  return story.flatMap((noted) => {
    if (noted.kind !== "repairBegun") return [];
    const { slots } = noted as unknown as { slots: { slot: string; repair: string }[] };
    return slots.map(({ slot, repair }) => `${repair} ${slot}`);
  });
}

function isStatus({ kind, slot, status }: Noted, ofSlot: string, name: string): boolean {
  return kind === "status" && slot === ofSlot && status === name;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
