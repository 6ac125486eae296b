import { Command } from "commander";
import { allWell, keepHealer } from "../../lab/healers.ts";
import type { Lab } from "../../lab/lab.ts";
import { LabError } from "../../lab/labError.ts";
import { labUp } from "../../lab/labUp.ts";
import { outputsOf } from "../../lab/outputsOf.ts";
import { requireOwner } from "../../lab/owner.ts";
import { type Healed, healOneFault } from "../demo/healOneFault.ts";
import { type Answers, sendRequests } from "../demo/sendRequests.ts";
import { isComplete, reportSlots, type SlotReport } from "../demo/slotReports.ts";
import { updateHost } from "../demo/updateHost.ts";
import { messageOf } from "../exitCodes.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { parseCount, printTable, progressPrinter } from "../output.ts";
import { cacheDir, checkout } from "../place.ts";

const settleTimeoutMs = 120_000;
const wellTimeoutMs = 120_000;

export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "Build the whole service on a virtual host for each of the site's, send requests, kill parts, watch it heal.",
    )
    .option("--requests <count>", "how many requests to send", parseCount, 200)
    .option("--no-faults", "kill nothing")
    .addOption(labOption())
    .addHelpText(
      "after",
      `
Uses the lab that is up, or starts one. Whatever happens, \`vigil lab down\` removes it with all that is in it.

Example:
  vigil demo --requests 1000`,
    )
    .action(async (options: LabChoice & { requests: number; faults: boolean }) => {
      const lab = chosenLab(options);
      const say = progressPrinter("demo");
      await labUp(lab, { checkout, cacheDir, prepare: true, say });
      const { site } = await requireOwner(lab);
      const hosts = site.hosts.map(({ name }) => name);
      await updateAll(lab, hosts, say);

      const outputs = await Promise.all(hosts.map((host) => outputsOf(lab, host)));
      const slots = outputs.flatMap((stack) => stack.slots);
      const reports = await reportSlots(lab, slots, settleTimeoutMs);
      printReports(reports);
      requireComplete(reports);
      const answers = await sendRequests(lab, site.vip, options.requests);
      printAnswers(site.vip, answers, reports);
      requireAnswers(reports, answers);
      const healed = options.faults ? await killAndHeal(lab, site.vip, reports, say) : [];
      printHealed(healed);
      printNextSteps(lab, reports, site.vip, options.faults);
      requireHealed(healed);
    });
}

/** A worker, then the balancer that has the address, each under the eyes of its host's healer. */
async function killAndHeal(
  lab: Lab,
  vip: string,
  reports: readonly SlotReport[],
  say: (line: string) => void,
): Promise<Healed[]> {
  const hosts = [...new Set(reports.map(({ id }) => hostOf(id)))];
  process.stdout.write("\n");
  await Promise.all(hosts.map((host) => keepHealer(lab, host)));
  const slotsOn = (host: string) => reports.filter(({ id }) => hostOf(id) === host).length;
  await Promise.all(hosts.map((host) => allWell(lab, host, slotsOn(host), wellTimeoutMs)));
  say(`a healer watches on ${hosts.join(" and ")}; a request every half second from here on`);
  const worker = reports.find(({ role }) => role === "worker");
  const holder = reports.find(({ status }) => status?.holdsVip);
  const healed: Healed[] = [];
  for (const victim of [worker, holder]) {
    if (victim === undefined) continue;
    const fault = { host: hostOf(victim.id), slot: victim.slot, name: "kill" } as const;
    healed.push(await healOneFault(lab, `http://${vip}/random/number`, fault, say));
  }
  return healed;
}

function hostOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}

function printHealed(healed: readonly Healed[]): void {
  if (healed.length === 0) return;
  const seconds = (ms: number | undefined) => (ms === undefined ? "never" : `${(ms / 1000).toFixed(1)} s`);
  process.stdout.write("\n");
  printTable(
    ["fault", "cause", "named after", "repaired after", "requests", "lost", "over 1 s", "drift"],
    healed.map(({ what, cause, namedMs, repairedMs, asked, lost, slow, drift }) => {
      const isClean = drift === undefined ? "not checked" : drift.startsWith("no drift") ? "none" : drift;
      const times = [seconds(namedMs), seconds(repairedMs)];
      return [what, cause ?? "not named", ...times, `${asked}`, `${lost}`, `${slow}`, isClean];
    }),
  );
}

function requireHealed(healed: readonly Healed[]): void {
  const bad = healed.filter(({ repairedMs, drift }) => repairedMs === undefined || !drift?.startsWith("no drift"));
  if (bad.length === 0) return;
  throw new LabError(
    "ERR_LAB_FAILED",
    `${bad.map(({ what }) => what).join(" and ")} did not heal: see the lines above.`,
  );
}

/** The stacks are independent, so an update that fails does not end the others, and all that failed is told. */
async function updateAll(lab: Lab, hosts: readonly string[], say: (line: string) => void): Promise<void> {
  const updates = await Promise.allSettled(hosts.map((host) => updateHost(lab, host, say)));
  const reasons = updates.flatMap((update) => (update.status === "rejected" ? [messageOf(update.reason)] : []));
  if (reasons.length > 0) throw new LabError("ERR_LAB_FAILED", reasons.join("\n"));
  say("every stack is up");
}

function printReports(reports: readonly SlotReport[]): void {
  process.stdout.write("\n");
  printTable(
    ["slot", "host", "address", "state", "boot"],
    reports.map(({ slot, id, address, status }) => {
      const boot = status?.bootMs === undefined ? "-" : `${(status.bootMs / 1000).toFixed(1)} s`;
      return [slot, id.split("/")[0] ?? "", address, stateOf(status), boot];
    }),
  );
}

function stateOf(status: SlotReport["status"]): string {
  if (status === undefined) return "no answer";
  if (status.holdsVip === undefined) return status.service.state;
  return `${status.service.state}, ${status.holdsVip ? "holds the address" : "stands by"}`;
}

function printAnswers(
  vip: string,
  { sent, failures, slow, spread, elapsedMs }: Answers,
  reports: readonly SlotReport[],
): void {
  const workers = reports.filter(({ role }) => role === "worker").map(({ id }) => id);
  const ids = [...new Set([...workers, ...spread.keys()])];
  process.stdout.write(
    `\n${sent} requests to http://${vip}/random/number in ${(elapsedMs / 1000).toFixed(1)} s, ${failures.length} failed, ${slow} took over a second\n\n`,
  );
  printTable(
    ["answered by", "requests"],
    ids.map((id) => [id, String(spread.get(id) ?? 0)]),
  );
}

function printNextSteps({ name }: Lab, reports: readonly SlotReport[], vip: string, heals: boolean): void {
  const lab = name === "demo" ? "" : ` --lab ${name}`;
  const holder = reports.find(({ status }) => status?.holdsVip) ?? reports[0];
  const [host = "", slot = ""] = holder?.id.split("/") ?? [];
  const after = heals
    ? `cli/vigil status${lab} ${host}              whether it is fine, and what happens next
  cli/vigil events${lab} ${host} --follow     what its healer says and does`
    : `cli/vigil lab mend${lab} ${host} kill ${slot}`;
  process.stdout.write(`
What to try next:
  cli/vigil shell${lab} client -- curl -s http://${vip}/random/number
  cli/vigil lab break --help       what else can be broken
  cli/vigil lab break${lab} ${host} kill ${slot}
  ${after}
  cli/vigil shell${lab} ${host} -- pulumi preview --refresh
  cli/vigil lab status${lab}
  cli/vigil lab down${lab}
`);
}

/** The demo is also the first test of a machine, so its exit code has to tell. */
function requireComplete(reports: readonly SlotReport[]): void {
  if (isComplete(reports)) return;
  throw new LabError("ERR_LAB_FAILED", "not every slot is in service: see the states above.");
}

function requireAnswers(reports: readonly SlotReport[], answers: Answers): void {
  const { failures, sent } = answers;
  if (failures.length > 0) {
    const some = failures.slice(0, 3).join("; ");
    throw new LabError(
      "ERR_LAB_FAILED",
      `${failures.length} of ${sent} requests failed: ${some}${failures.length > 3 ? "; ..." : "."}`,
    );
  }
  const idle = reports.filter(({ id, role }) => role === "worker" && !answers.spread.has(id)).map(({ id }) => id);
  if (idle.length > 0) throw new LabError("ERR_LAB_FAILED", `no request was answered by ${idle.join(", ")}.`);
}
