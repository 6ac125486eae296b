import assert from "node:assert/strict";
import { test } from "node:test";
import type { Incident, Loss, Slot, Status } from "../../healer/api/schemas.ts";
import { causeNamed } from "../causeNamed.ts";
import { renderCause } from "./renderCause.ts";
import { renderEvent } from "./renderEvent.ts";
import { renderHistory } from "./renderHistory.ts";
import { renderPaused } from "./renderPaused.ts";
import { renderPs } from "./renderPs.ts";
import { renderSlot } from "./renderSlot.ts";
import { renderStatus } from "./renderStatus.ts";
import { terminalColumns } from "./words.ts";

const since = "2026-11-21T14:02:11.000Z";
const nowMs = Date.parse(since) + 31_000;

const balancer: Status["slots"][number] = {
  slot: "lb-1",
  role: "balancer",
  address: "192.168.10.16",
  status: "green",
  since,
  forMs: 7_200_000,
  sentence: "it beats and serves",
  next: "nothing is to be done",
  holdsVip: true,
};
const worker: Status["slots"][number] = {
  slot: "web-1",
  role: "worker",
  address: "192.168.10.10",
  status: "green",
  since,
  forMs: 7_200_000,
  sentence: "it beats and serves",
  next: "nothing is to be done",
};
const ill: Status["slots"][number] = {
  ...worker,
  status: "settling",
  forMs: 4_000,
  cause: "machineCrashed",
  sentence: "replace done in 20.1 s; it has 30 s to beat and serve",
  next: "it has 26 s to beat and serve; if it does not, replace comes next",
};

const fine: Status = {
  host: "bk",
  release: "dddddddddddd",
  listeningSince: since,
  verdict: "fine",
  what: "all 3 machines beat and serve",
  why: "lb-1 holds 192.168.10.120; no drift",
  next: "nothing is to be done; drift is looked for again in 12 min",
  since: "2026-11-21T12:02:42.000Z",
  forMs: 7_200_000,
  vip: { address: "192.168.10.120", holders: ["52:54:00:a8:0a:10"] },
  slots: [balancer, worker],
  pages: [],
  drift: { verdict: "none", sentence: "no drift", nextCheckMs: 720_000 },
  pending: [],
  peers: [],
  hosts: [],
};

const degraded: Status = {
  ...fine,
  verdict: "degraded",
  what: "1 of 2 workers serve, web-1 is settling",
  why: "web-1: VM crashed: libvirt says crashed (failed), and what it said before that",
  next: "web-1: it has 26 s to beat and serve; if it does not, replace comes next",
  since,
  forMs: 31_000,
  slots: [balancer, ill],
  pages: [{ topic: "vipMany", sentence: "the service's address has 2 holders", since }],
  paused: { until: "2026-11-21T15:02:11.000Z", forMs: 3_569_000, by: "anna" },
  overridden: "bk has 3 workers by `vigil scale`",
  pending: ["release aaa is deployed, and this is release bbb"],
};

const incident: Incident = {
  id: 7,
  slot: "web-1",
  cause: "machineCrashed",
  sentence: "VM crashed: libvirt says crashed (failed)",
  begunAt: since,
  endedAt: "2026-11-21T14:02:42.000Z",
  tookMs: 31_000,
  outcome: "repaired",
  drift: { verdict: "none", sentence: "no drift" },
  repairs: [repair(1, "resume", "didNotHelp", 2_000), repair(2, "replace", "helped", 28_800)],
};

function repair(number: number, name: string, outcome: "didNotHelp" | "helped", tookMs: number) {
  return { number, repair: name, slots: ["web-1"], sentence: "", begunAt: since, endedAt: since, tookMs, outcome };
}

test("what is fine is said in three lines and a table", () => {
  assert.equal(
    renderStatus(fine),
    `bk is fine: all 3 machines beat and serve
since 12:02:42 UTC (2 h): lb-1 holds 192.168.10.120; no drift
next: nothing is to be done; drift is looked for again in 12 min

SLOT   ADDRESS        STATUS  FOR  WHY
lb-1   192.168.10.16  green   2 h  it beats and serves; it holds the service's address
web-1  192.168.10.10  green   2 h  it beats and serves
`,
  );
});

test("what is not fine says since when, why and what comes next; what did not fit stands below", () => {
  assert.equal(
    renderStatus(degraded),
    `bk is degraded: 1 of 2 workers serve, web-1 is settling
since 14:02:11 UTC (31 s): web-1: VM crashed: libvirt says crashed (failed), an…
next: web-1: it has 26 s to beat and serve; if it does not, replace comes next

SLOT   ADDRESS        STATUS    FOR    WHY
lb-1   192.168.10.16  green     2 h    it beats and serves; it holds the service's address
web-1  192.168.10.10  settling  4.0 s  replace done in 20.1 s; it has 30 s to beat and serve

why: web-1: VM crashed: libvirt says crashed (failed), and what it said before that
for a person, since 2026-11-21 14:02:11 UTC: the service's address has 2 holders
paused until 2026-11-21 15:02:11 UTC by anna
bk has 3 workers by \`vigil scale\`
pending: release aaa is deployed, and this is release bbb
`,
  );
});

test("a paused machine says so, in the status and in its explanation", () => {
  const paused = { until: "2026-11-21T15:02:11.000Z", forMs: 3_569_000 };
  const status = renderStatus({ ...fine, slots: [balancer, { ...worker, paused }] });
  assert.match(status, /\n\nweb-1: paused until 2026-11-21 15:02:11 UTC by somebody\n$/);
  assert.match(
    renderSlot({ ...slot, paused: { ...paused, by: "anna" } }),
    /\npaused until 2026-11-21 15:02:11 UTC by anna\n\n/,
  );
});

test("a wish is answered with whom it is for, and until when", () => {
  const wish = { host: "bk", paused: true, until: "2026-11-21T15:02:11.000Z", forMs: 1_800_000, by: "anna" };
  assert.equal(renderPaused(wish), "bk: no repair begins until 2026-11-21 15:02:11 UTC (30 min)\n");
  assert.equal(
    renderPaused({ host: "bk", slot: "web-1", paused: false, forMs: 0, by: "anna" }),
    "bk/web-1: repairs begin again\n",
  );
});

test("a cause is shown as the table has it", () => {
  assert.equal(
    renderCause(causeNamed("machinePaused")),
    `VM paused (machinePaused), of a machine
known by:  libvirt: the domain is paused, and not by its disk; for a job of libvirt's own, as to save its memory, after \`jobGraceMs\`
repairs:   resume, then powerCycle, then replace
waits:     2.0 s
because:   a snapshot pauses a domain for a moment
in a lab:  vigil lab break HOST pause SLOT
`,
  );
  assert.match(renderCause(causeNamed("massFailure")), /^repairs: {3}none; a person is told\nbecause: {3}/m);
});

test("the first three lines fit a terminal, whatever they have to say", () => {
  const long = "a very long sentence ".repeat(20);
  for (const verdict of ["fine", "degraded", "down", "unknown"] as const) {
    const lines = renderStatus({ ...degraded, verdict, what: long, why: long, next: long })
      .split("\n")
      .slice(0, 3);
    for (const line of lines) assert.ok(line.length <= terminalColumns, line);
  }
});

test("ps keeps below each machine what it was repaired of", () => {
  const lines = renderPs(degraded, { incidents: [incident] }, nowMs + 180_000).split("\n");
  assert.deepEqual(lines, [
    "SLOT       STATUS    FOR        ADDRESS        REPAIR                                       ERROR",
    "lb-1       green     2 h        192.168.10.16",
    `web-1      settling  4.0 s      192.168.10.10                                               ${ill.sentence}`,
    ` \\_ web-1  repaired  3 min ago                 resume did not help, replace helped in 29 s  ${incident.sentence}`,
    "",
  ]);
});

test("history is a line per incident", () => {
  assert.deepEqual(renderHistory({ host: "bk", incidents: [incident], losses: [] }, undefined).split("\n"), [
    "BEGUN (UTC)          SLOT   OUTCOME   TOOK  REPAIRS                                      DRIFT  WHY",
    `2026-11-21 14:02:11  web-1  repaired  31 s  resume did not help, replace helped in 29 s  none   ${incident.sentence}`,
    "",
  ]);
  assert.equal(
    renderHistory({ host: "bk", incidents: [], losses: [] }, undefined),
    "nothing was wrong on bk as far back as the journal reaches.\n",
  );
  assert.match(renderHistory({ host: "bk", incidents: [], losses: [] }, "web-1"), /^nothing was wrong with bk\/web-1 /);
});

test("history has below the incidents which hosts were lost, what stood in for them and when it was given back", () => {
  const loss: Loss = {
    id: 9,
    host: "mb",
    sentence: "neither its healer nor any of its workers was heard for 60 s",
    begunAt: since,
    standIns: ["web-3", "web-4"],
    madeAt: "2026-11-21T14:02:32.000Z",
    returnedAt: "2026-11-21T14:10:00.000Z",
    endedAt: "2026-11-21T14:14:11.000Z",
    tookMs: 720_000,
    status: "heard",
  };
  const over = `host mb was lost from 2026-11-21 14:02:11 UTC until 2026-11-21 14:14:11 UTC (12 min): ${loss.sentence}
  web-3, web-4 stood in for its workers here from 2026-11-21 14:02:32; it was heard again at 2026-11-21 14:10:00; all was given back
`;
  assert.equal(renderHistory({ host: "bk", incidents: [], losses: [loss] }, undefined), over);
  const table = renderHistory({ host: "bk", incidents: [incident], losses: [] }, undefined);
  assert.equal(renderHistory({ host: "bk", incidents: [incident], losses: [loss] }, undefined), `${table}\n${over}`);
  const lack = "for 2 more of a lost host's workers there is no room here: the host has 1 MiB left";
  const { id, host, sentence, begunAt } = loss;
  const open = { id, host, sentence, begunAt, standIns: [], lack, status: "lost" };
  assert.equal(
    renderHistory({ host: "bk", incidents: [], losses: [open] }, undefined),
    `host mb was lost from 2026-11-21 14:02:11 UTC on, and is lost: ${sentence}
  nothing stood in for its workers here; ${lack}
`,
  );
});

const slot: Slot = {
  host: "bk",
  ...ill,
  status: "yellow",
  sentence: "service dead: nothing listens on its port; the guest's own supervisor comes first",
  next: "restartService in 2.1 s, unless it passes",
  facts: {
    heartbeat: {
      ageMs: 200,
      service: "refused",
      busy: 0.034,
      freeBytes: 44_000_000,
      incarnation: "a",
      filesAsPlanned: false,
    },
    domain: { ageMs: 1_400, state: "running", reason: "booted", id: 7 },
    ping: { ageMs: 3_000, answered: false, lostInARow: 2 },
    disk: { ageMs: 1_400, there: true },
    tap: { ageMs: 1_400, onBridge: true },
    startedAgoMs: 7_200_000,
  },
  suspicion: {
    cause: "serviceDead",
    title: "service dead",
    detail: "nothing listens on its port",
    since,
    forMs: 900,
    evidence: "the agent beats, and nothing listens on the service's port",
    repairs: ["restartService", "powerCycle", "replace"],
    patienceMs: 3_000,
    because: "the guest's own supervisor comes first",
  },
  rung: 0,
  nextRepair: "restartService",
  budget: { spent: 1, of: 6, windowMs: 3_600_000 },
  incidents: [incident],
};

test("an explanation has the evidence with its age, the suspicion with its row of the table, and the past", () => {
  assert.equal(
    renderSlot(slot),
    `bk/web-1 (worker, 192.168.10.10) is yellow since 14:02:11 UTC (4.0 s)
why:  service dead: nothing listens on its port; the guest's own supervisor comes first
next: restartService in 2.1 s, unless it passes

EVIDENCE   SAYS                                                                  AGE
heartbeat  service refused, 3 % busy, 41 MiB free, managed files not as planned  0.2 s
libvirt    running (booted), id 7                                                1.4 s
disk       its file is there                                                     1.4 s
tap        on the bridge                                                         1.4 s
ping       2 in a row without an answer                                          3.0 s
boot       began, or was first seen                                              2 h

suspected: service dead, since 14:02:11 UTC (0.9 s)
known by:  the agent beats, and nothing listens on the service's port
repairs:   restartService, then powerCycle, then replace; after 3.0 s, because the guest's own supervisor comes first
due:       restartService
budget:    1 of 6 repairs spent within 60 min

BEFORE (UTC)         OUTCOME   TOOK  REPAIRS                                      WHY
2026-11-21 14:02:11  repaired  31 s  resume did not help, replace helped in 29 s  VM crashed: libvirt says crashed (failed)
`,
  );
});

test("an entry is a line, also one of a kind that is not known", () => {
  const line = (entry: object) => renderEvent({ seq: 1, at: since, kind: "", ...entry });
  assert.equal(
    line({ kind: "status", slot: "web-1", status: "red", sentence: "VM crashed" }),
    "2026-11-21 14:02:11  web-1 is red: VM crashed\n",
  );
  const slots = [{ slot: "web-1", repair: "replace", cause: "machineCrashed", sentence: "" }];
  assert.equal(
    line({ kind: "repairBegun", generation: 3, slots }),
    "2026-11-21 14:02:11  repair 3 begins: replace web-1\n",
  );
  assert.equal(
    line({ kind: "paused", forMs: 1_800_000, by: "anna" }),
    "2026-11-21 14:02:11  anna paused repairs for 30 min\n",
  );
  assert.equal(
    line({ kind: "resumed", slot: "web-1", by: "anna" }),
    "2026-11-21 14:02:11  anna resumed the repairs of web-1\n",
  );
  assert.match(line({ kind: "future", word: 1 }), /"kind":"future","word":1/);
});

test("a lost host is told with since when, why, what was done and what comes next; what stands in is marked", () => {
  const mb: Status["hosts"][number] = {
    host: "mb",
    status: "lost",
    since,
    forMs: 300_000,
    sentence: "neither its healer nor any of its workers was heard for 60 s",
    standIns: ["web-2"],
    done: "web-2 stands in for its workers here",
    next: "what stands in for it goes one by one when it is back and has been well for 2 min",
  };
  const standIn = { ...worker, slot: "web-2", standsInFor: "mb" };
  const status = {
    ...fine,
    slots: [balancer, worker, standIn],
    hosts: [mb, { ...mb, host: "cc", status: "heard" as const, standIns: [] }],
  };
  const lines = renderStatus(status).split("\n");
  const told = lines.findIndex((line) => line.startsWith("host "));
  assert.match(
    lines[told] ?? "",
    /^host mb is lost since .* UTC \(5 min\): neither its healer nor any of its workers was heard/,
  );
  assert.equal(
    lines[told + 1],
    "  web-2 stands in for its workers here; next: what stands in for it goes one by one when it is back and has been well for 2 min",
  );
  assert.equal(
    lines.filter((line) => line.startsWith("host ")).length,
    1,
    "of one that is heard there is nothing to say",
  );
  assert.match(renderStatus(status), /web-2 .*it stands in for mb/);
  const ps = renderPs(status, { incidents: [] }, 0);
  assert.match(ps, /web-2 \(for mb\)/);
  assert.ok(ps.endsWith(`\n\n${lines.slice(told, told + 2).join("\n")}\n`), "the same words stand below the machines");
  const waiting = { ...mb, standIns: [], next: "2 of its workers not made here: the host has 1 MiB left" };
  assert.match(renderPs({ ...fine, hosts: [waiting] }, { incidents: [] }, 0), /not made here: the host has/);
});

test("of a host that is drained the machines stand above by whom, what for and until when", () => {
  const drained = {
    ...fine,
    verdict: "drained",
    what: "it may be switched off or rebooted",
    why: "drained by anna: kernel update",
    next: "nothing is repaired here until `vigil host return bk`",
  } as const;
  assert.deepEqual(renderPs(drained, { incidents: [] }, 0).split("\n").slice(3), [
    "",
    "bk is drained: it may be switched off or rebooted",
    "since 12:02:42 UTC (2 h): drained by anna: kernel update",
    "next: nothing is repaired here until `vigil host return bk`",
    "",
  ]);
});
