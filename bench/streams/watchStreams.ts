/**
 * A healer as it runs on a host, as far as it watches: heartbeats, its clock, libvirt and space in; the core; its journal
 * with the history that is read from it, its log and its API. What is left out is what a lab is needed for: the engine
 * that waits for a repair, other hosts' healers, and the question who has the service's address.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pino from "pino";
import { openApi } from "../../healer/api/api.ts";
import type { News } from "../../healer/core/events.ts";
import { limitsFor } from "../../healer/core/limits.ts";
import { initialState, noPast } from "../../healer/core/state.ts";
import { Healer } from "../../healer/healer.ts";
import { Journal } from "../../healer/journal/journal.ts";
import { watchDomains } from "../../healer/signals/domains.ts";
import { listenToHeartbeats } from "../../healer/signals/heartbeats.ts";
import { createProbes } from "../../healer/signals/probes.ts";
import { watchSpace } from "../../healer/signals/space.ts";
import { startTicks } from "../../healer/signals/ticks.ts";
import { answerQuestions, readOptions } from "./child.ts";
import { Meter } from "./meter.ts";
import type { ReaderOptions } from "./protocol.ts";

const { streams, intervalMs, dir, domains } = await readOptions<ReaderOptions>();
/** As on a host with KVM, where machines beat every 200 ms: three beats are silence, and five end a stream. */
const limits = { ...limitsFor.kvm, silentMs: 3 * intervalMs };
const times = { idleTimeoutMs: 5 * intervalMs };

const meter = new Meter();
let changes = 0;
let connects = 0;

const log = pino({}, pino.destination({ dest: join(dir, "log.jsonl"), sync: true }));
const { journal } = await Journal.open({ path: join(dir, "journal.jsonl") });
journal.subscribe((lines) => {
  changes += lines.filter(({ kind }) => kind === "status").length;
});
const api = await openApi({ host: "bk", journal, log, place: { port: 0, tokenPath: join(dir, "token") } });
const probes = createProbes({ targets: streams, log }, hear);
const planned = streams.map(({ slot }, index) => {
  return { slot, role: index === 0 ? "balancer" : "worker", plannedFiles: undefined } as const;
});
const unasked = async () => {
  throw new Error("a machine that is well was to be repaired");
};
const repairs = { operate: unasked, replace: unasked, checkDrift: async () => {}, rotate: unasked, moveVip: unasked };
const healer = new Healer(
  { journal, probes, repairs, scaler: { scale: unasked, askRoom: unasked }, log },
  limits,
  initialState(planned, noPast, performance.now(), limits),
);

startTicks({}, hear);
listenToHeartbeats({ targets: streams, times, log }, hear);
watchSpace({ poolDir: dir, stateDir: dir, log }, hear);
if (domains) watchDomains({ uri: await madeUpHost(), targets: machines(), bridge: "br0", log }, hear);

answerQuestions({
  begin: () => {
    changes = 0;
    connects = 0;
    return meter.begin();
  },
  end: () => ({ ...meter.end(), changes, connects, notGreen: notGreen() }),
  count: () => meter.beats,
});
process.send?.({ ready: null });

function hear(news: News): void {
  if (news.kind === "beat") meter.beats += 1;
  if (news.kind === "connect") connects += 1;
  if (news.kind === "tick") meter.ticked(news.lagMs);
  api.heard(news);
  healer.hear(news);
}

function notGreen(): number {
  return Object.values(healer.state.slots).filter(({ status }) => status !== "green").length;
}

function machines() {
  return streams.map(({ slot }, index) => {
    return { slot, mac: `52:54:00:00:00:${index.toString(16).padStart(2, "0")}`, diskPath: join(dir, "log.jsonl") };
  });
}

/** libvirt's own driver for tests runs in virsh itself: no libvirtd, and no machines. */
async function madeUpHost(): Promise<string> {
  const all = streams.map(({ slot }) => {
    return `<domain type="test"><name>${slot}</name><memory>131072</memory><os><type>hvm</type></os></domain>`;
  });
  const path = join(dir, "host.xml");
  await writeFile(path, `<node>${all.join("")}</node>`);
  return `test://${path}`;
}
