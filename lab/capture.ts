/** Frames as they pass a port of the switch: what really went over the wire, with the time at which it did. */
import { spawn } from "node:child_process";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "./lab.ts";
import { LabError } from "./labError.ts";
import { onWire } from "./machine.ts";
import { identify, isAlive, type ProcessId, signal } from "./processes.ts";
import { writeRecord } from "./writeRecord.ts";

export interface Capture {
  /** The machine at whose port it listens. */
  readonly port: string;
  readonly file: string;
  readonly tcpdump: ProcessId;
}

const startTimeoutMs = 5_000;
const stopTimeoutMs = 5_000;

/**
 * Starts to capture at a machine's port. Resolves once the capture listens, so no later frame is missed. The capture
 * ends with captureStop or with the lab.
 */
export async function captureStart(
  lab: Lab,
  port: string,
  options: { file?: string; filter?: string } = {},
): Promise<Capture> {
  if ((await capturesOf(lab)).some((capture) => capture.port === port)) {
    throw new LabError("ERR_LAB_FAILED", `a capture at port ${port} runs already: stop it first.`);
  }
  const file = options.file ?? join(lab.captureDir, `${port}.pcap`);
  await mkdir(dirname(file), { recursive: true });
  await mkdir(lab.captureDir, { recursive: true });
  // Each frame is written as it comes (-U, --immediate-mode): a capture is read while it runs.
  const tcpdump = ["tcpdump", "-i", port, "-Z", "root", "-n", "-U", "--immediate-mode", "-B", "8192", "-w", file];
  const { argv, env } = onWire(lab, "switch", [...tcpdump, ...(options.filter ? [options.filter] : [])]);
  const log = await open(logPath(lab, port), "w");
  const child = spawn(argv[0] ?? "", argv.slice(1), { detached: true, stdio: ["ignore", "ignore", log.fd], env });
  await log.close();
  child.unref();
  const id = child.pid === undefined ? undefined : await identify(child.pid);
  if (id === undefined) throw new LabError("ERR_LAB_FAILED", "tcpdump cannot be started: `make setup` installs it.");
  const capture = { port, file, tcpdump: id };
  await writeRecord(recordPath(lab, port), capture);
  await untilListening(lab, capture);
  return capture;
}

/** Ends a capture; its file is complete once this resolves. Rejects ERR_LAB_FAILED if none runs at that port. */
export async function captureStop(lab: Lab, port: string): Promise<Capture> {
  const capture = (await capturesOf(lab)).find((candidate) => candidate.port === port);
  if (capture === undefined) throw new LabError("ERR_LAB_FAILED", `no capture runs at port ${port}.`);
  await signal(capture.tcpdump, "SIGINT");
  const deadlineMs = performance.now() + stopTimeoutMs;
  while (await isAlive(capture.tcpdump)) {
    if (performance.now() > deadlineMs) await signal(capture.tcpdump, "SIGKILL");
    await sleep(10);
  }
  await rm(recordPath(lab, port));
  return capture;
}

/** The captures that are running. */
export async function capturesOf(lab: Lab): Promise<Capture[]> {
  const files = await readdir(lab.captureDir).catch(() => []);
  const records = files.filter((file) => file.endsWith(".json")).map((file) => join(lab.captureDir, basename(file)));
  const captures = await Promise.all(records.map(async (path) => JSON.parse(await readFile(path, "utf8")) as Capture));
  const alive = await Promise.all(captures.map(({ tcpdump }) => isAlive(tcpdump)));
  return captures.filter((_, index) => alive[index]);
}

async function untilListening(lab: Lab, { port, tcpdump }: Capture): Promise<void> {
  const deadlineMs = performance.now() + startTimeoutMs;
  for (;;) {
    const said = await readFile(logPath(lab, port), "utf8");
    if (said.includes("listening on")) return;
    if (!(await isAlive(tcpdump)) || performance.now() > deadlineMs) {
      throw new LabError("ERR_LAB_FAILED", `tcpdump does not listen at port ${port}: ${said.trim()}`);
    }
    await sleep(10);
  }
}

function recordPath(lab: Lab, port: string): string {
  return join(lab.captureDir, `${port}.json`);
}

function logPath(lab: Lab, port: string): string {
  return join(lab.captureDir, `${port}.tcpdump.txt`);
}
