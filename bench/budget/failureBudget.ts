/** `docs/failure-budget.md`, written from the promises, the assumptions and the committed results. */
import { quietLimitMs } from "../cases/case.ts";
import type { Budget } from "../promises/promise.ts";
import { renderWork } from "../report.ts";
import { healedAfter, redundancy, yearlyFaults } from "./assumptions.ts";
import { allAwayMs, type FaultYear, faultYear, type Loss, neverRepairedMs } from "./estimateYear.ts";
import { count, quantity, total } from "./findFigure.ts";
import { abouts, type Judged, judgePromises, limitOf, reasonOf } from "./judgePromises.ts";
import { markdownTable } from "./markdownTable.ts";
import type { Reports, StoredReport } from "./readReports.ts";
import { addressSection, repairSection, stressSection } from "./timesSections.ts";

export function failureBudget(budgets: readonly Budget[], reports: Reports): string {
  const judged = judgePromises(budgets, reports);
  const kept = judged.filter(({ verdict }) => verdict === "met").length;
  const guests = guestsOf(reports);
  return [
    `# Failure budget (${guests})`,
    "",
    "What each fault may cost, what it was measured to cost, and what that comes to in a year. Generated from `bench/promises/`, `bench/budget/assumptions.ts` and `bench/results/`. Do not edit it: `npm run budget` writes it anew.",
    "",
    `**${kept} of ${judged.length} promises are met** by the committed results; each of the others says why not. \`make bench-check\` compares them.`,
    "",
    "![What one fault costs, run by run](failure-budget.svg)",
    "",
    "Each dot is one run, each bar the median of a pair. `tuned` is a plain pair of nginx and keepalived with the product's timers, `defaults` one as tutorials show; a pair without dots was not measured.",
    "",
    `## Promises (${guests})`,
    "",
    ...budgets.flatMap(({ title }) => faultSection(title, judged, reports)),
    ...addressSection(reports, guests),
    ...repairSection(reports, guests),
    ...stressSection(reports, guests),
    ...assumptionsSection(reports),
    ...yearSection(reports, guests),
    ...methodSection(),
  ].join("\n");
}

export function guestsOf(reports: Reports): string {
  const names = new Set([...reports.values()].flatMap(({ machine }) => machine.accelerator?.toUpperCase() ?? []));
  return [...names].sort().join(" and ") || "not measured";
}

function faultSection(title: string, judged: readonly Judged[], reports: Reports): string[] {
  const own = judged.filter((one) => one.title === title);
  const results = [...new Set(own.map(({ promised }) => promised.result))];
  const reasons = own.flatMap(({ promised, verdict }) => {
    const reason = reasonOf(promised);
    return reason === undefined ? [] : [`- ${verdict}, ${abouts[promised.about]} (${promised.says}): ${reason}.`];
  });
  return [
    `### ${title} (${guestsOf(new Map(results.flatMap((name) => entryOf(reports, name))))})`,
    "",
    ...markdownTable(
      ["promise", "of", "at most", "measured", "runs", "with 95 % confidence", "others", ""],
      own.map(promiseRow),
    ),
    "",
    ...(reasons.length === 0 ? [] : [...reasons, ""]),
    ...results.map((name) => machineLine(name, reports.get(name))),
    "",
  ];
}

function entryOf(reports: Reports, name: string): [string, StoredReport][] {
  const report = reports.get(name);
  return report === undefined ? [] : [[name, report]];
}

function promiseRow({ promised, verdict, found, peers }: Judged): string[] {
  const others = peers.map(({ pair, text }) => `${pair}: ${text}`).join("; ");
  return [
    abouts[promised.about],
    promised.says,
    limitOf(promised),
    found?.text ?? "-",
    found === undefined ? "-" : String(found.runs),
    found?.bound ?? "-",
    others === "" ? "not measured" : others,
    verdict === "met" ? "met" : `**${verdict}**`,
  ];
}

function machineLine(name: string, report: StoredReport | undefined): string {
  if (report === undefined) return `- \`${name}\`: not measured.`;
  const { machine, startedAt, healers, users, thinkMs, workers } = report;
  const quiet = report.runs.flatMap(({ figures }) => figures.quietP95Ms ?? []);
  const worstMs = Math.max(0, ...quiet);
  const facts = [
    `\`${name}\`, ${startedAt.slice(0, 10)}, commit ${machine.commit}: ${machine.accelerator?.toUpperCase() ?? "no guests"}, ${machine.cores} cores, ${machine.processor}`,
    `load ${machine.loadAverage.toFixed(1)} before`,
    machine.work === undefined ? "how fast the machine was is not recorded" : renderWork(machine.work),
    ...(healers === undefined ? [] : [healers === "running" ? "healers running" : "no healer running"]),
    ...(users === undefined || users === 0
      ? []
      : [`${users} users${thinkMs === undefined ? "" : ` who think for ${thinkMs} ms`}`]),
    ...(workers === undefined ? [] : [`workers: ${spellWorkers(workers)}`]),
    ...(worstMs > quietLimitMs
      ? [
          `**the machine did not keep up**: before the fault of its worst run, answers were ${quantity(worstMs, "Ms")} late`,
        ]
      : []),
  ];
  return `- ${facts.join("; ")}.`;
}

function spellWorkers(workers: Readonly<Record<string, number>>): string {
  return Object.entries(workers)
    .map(([host, count]) => `${host} ${count}`)
    .join(", ");
}

function assumptionsSection(reports: Reports): string[] {
  const { balancers, workers, deathsPerYear, personHours, requestsPerS } = redundancy;
  return [
    "## What the year is assumed to bring",
    "",
    "Nobody has measured this for you: put your own numbers into `bench/budget/assumptions.ts`.",
    "",
    ...markdownTable(
      ["assumption", "value", "source"],
      [
        ...yearlyFaults.map(({ title, perYear, source }) => [title, `${count(perYear)} a year`, source]),
        ["deaths of one machine, of which those of others know nothing", `${deathsPerYear} a year`, "assumed"],
        ["balancers, workers", `${balancers}, ${workers}`, "the sample site"],
        ["until a person has rebuilt a machine where no healer does", `${personHours} h`, "assumed: a night"],
        [
          "requests while nobody answers, each of which fails",
          `${requestsPerS} a second`,
          "as many as the bench sends",
        ],
        ["a healer's repairs", "all succeed", sourceOfSuccess(reports)],
      ],
    ),
    "",
  ];
}

function sourceOfSuccess(reports: Reports): string {
  const results = Object.values(healedAfter).map(({ result }) => result);
  const names = results.map((name) => `\`${name}\``).join(" and ");
  return results.every((name) => reports.has(name)) ? `as ${names} say` : `assumed, until ${names} are measured`;
}

function yearSection(reports: Reports, guests: string): string[] {
  const faults = yearlyFaults.map((fault) => ({
    ours: faultYear(fault, reports, "vigil"),
    tuned: faultYear(fault, reports, "tuned"),
  }));
  const away = awayTimes(reports);
  return [
    `## A year (${guests})`,
    "",
    "What one fault costs in the mean, times how often it is assumed; in brackets, as if each cost as much as the worst run. The busy connections and the rate are the bench's. What was not measured counts as nothing, which is in favour of whoever was not measured. A 0 was measured; its bound stands above.",
    "",
    ...markdownTable(
      [
        "cause",
        "vigil: failed",
        "vigil: no answer",
        "tuned: failed",
        "tuned: no answer",
        "tuned, never repaired: no answer",
      ],
      [
        ...faults.map(({ ours, tuned }) => [
          `${ours.title} (${times(ours.runs)})`,
          ...lossCells(ours),
          ...lossCells(tuned),
          downCell(tuned),
        ]),
        awayRow(away),
        totalRow(faults, away),
      ],
    ),
    "",
    `${healedSentence(away)} Beside the tuned pair nobody repairs by himself: a person does after ${redundancy.personHours} h, or nobody does all year, which began with every machine well.`,
    "",
    "Not in it: the loss of a host or a cable where the address is not, which was not measured; power that goes everywhere at once, and whatever else hits several hosts; and faults of the service itself. Those that have been measured stand above.",
    "",
  ];
}

interface AwayTimes {
  /** Undefined if a repair was not measured. */
  readonly balancerMs: number | undefined;
  readonly workerMs: number | undefined;
  /** In which all of a kind are away at once under vigil; undefined if one of the two is. */
  readonly oursMs: number | undefined;
  readonly tunedMs: number;
  readonly neverRepairedMs: number;
}

function awayTimes(reports: Reports): AwayTimes {
  const { balancers, workers, deathsPerYear, personHours } = redundancy;
  const [balancerMs, workerMs] = [healedMs(reports, healedAfter.balancer), healedMs(reports, healedAfter.worker)];
  const groups = [
    { machines: balancers, deathsPerYear },
    { machines: workers, deathsPerYear },
  ];
  const withAway = (times: readonly number[]) =>
    groups.map((group, index) => ({ ...group, awayMs: times[index] ?? 0 }));
  const personMs = personHours * 3_600_000;
  const isMeasured = balancerMs !== undefined && workerMs !== undefined;
  return {
    balancerMs,
    workerMs,
    oursMs: isMeasured ? allAwayMs(withAway([balancerMs, workerMs])) : undefined,
    tunedMs: allAwayMs(withAway([personMs, personMs])),
    neverRepairedMs: neverRepairedMs(groups),
  };
}

function healedMs(reports: Reports, from: (typeof healedAfter)[keyof typeof healedAfter]): number | undefined {
  return reports.get(from.result)?.summaries.vigil?.[from.figure]?.median;
}

function healedSentence({ balancerMs, workerMs }: AwayTimes): string {
  const { balancer, worker } = healedAfter;
  const time = (ms: number | undefined) => (ms === undefined ? "a time that was not measured" : quantity(ms, "Ms"));
  return `Under vigil a balancer is away for ${time(balancerMs)} (\`${balancer.result}\`) and a worker for ${time(workerMs)} (\`${worker.result}\`), in the median.`;
}

function awayRow({ oursMs, tunedMs, neverRepairedMs: neverMs }: AwayTimes): string[] {
  const ours = oursMs === undefined ? ["not measured", "not measured"] : [failedIn(oursMs), duration(oursMs)];
  return [
    "all balancers or all workers are away at once",
    ...ours,
    failedIn(tunedMs),
    duration(tunedMs),
    duration(neverMs),
  ];
}

function totalRow(faults: readonly { ours: FaultYear; tuned: FaultYear }[], away: AwayTimes): string[] {
  const sum = (losses: readonly (Loss | undefined)[], awayMs: number) => ({
    failed: total(losses.map((loss) => loss?.failed ?? 0)) + failedRequests(awayMs),
    downMs: total(losses.map((loss) => loss?.downMs ?? 0)) + awayMs,
  });
  const ours = faults.map(({ ours: year }) => year.loss);
  const tuned = faults.map(({ tuned: year }) => year.loss);
  const [oursYear, tunedYear] = [sum(ours, away.oursMs ?? 0), sum(tuned, away.tunedMs)];
  const lacking = away.oursMs === undefined ? ", without the row above" : "";
  return [
    "**together**",
    `**${requests(oursYear.failed)}**${lacking}`,
    `**${duration(oursYear.downMs)}**${lacking}`,
    `**${requests(tunedYear.failed)}**`,
    `**${duration(tunedYear.downMs)}**`,
    `**${duration(sum(tuned, away.neverRepairedMs).downMs)}**`,
  ];
}

function lossCells({ loss, worst }: FaultYear): string[] {
  if (loss === undefined || worst === undefined) return ["not measured", "not measured"];
  const down = loss.downMs === 0 ? "0" : `${duration(loss.downMs)} (${duration(worst.downMs)})`;
  return [`${requests(loss.failed)} (${requests(worst.failed)})`, down];
}

function times(runs: number): string {
  return runs === 1 ? "1 run" : `${runs} runs`;
}

function downCell(year: FaultYear): string {
  return lossCells(year)[1] ?? "";
}

function failedRequests(downMs: number): number {
  return (downMs / 1_000) * redundancy.requestsPerS;
}

function failedIn(downMs: number): string {
  return requests(failedRequests(downMs));
}

function requests(value: number): string {
  return value > 0 && value < 0.1 ? "under 0.1" : count(Number(value.toFixed(value < 100 ? 1 : 0)));
}

function duration(ms: number): string {
  if (ms < 1) return ms === 0 ? "0" : "under 1 ms";
  if (ms < 60_000) return quantity(ms, "Ms");
  return ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

function methodSection(): string[] {
  return [
    "## How it is measured",
    "",
    "- One lab: virtual hosts on one machine, each with its own network, libvirtd and disk, joined by a switch. `TCG` says that the guests were emulated, `KVM` that they were not; figures of one never stand beside those of the other.",
    "- A fault is made again and again; the pairs take turns, and in going first. Requests are counted at a client, the address's holder is read from frames at the switch, at the ports of all hosts and of the client. No healer runs while traffic is measured, unless a result says so.",
    "- Repairs and updates are made by other means too, in turn, in the same lab and the same run; the script by hand is our reconstruction, since nobody has left one.",
    "- Lost is a request without a good answer; late one that was answered over 1 s later than its own time after it was due. Both are counted for each fault, not as a share of quiet time.",
    "- The bounds suppose that runs have nothing to do with each other. That of a share is Clopper and Pearson's, one-sided; beside a worst run stands the share of further runs that may be worse, so that 0 of 20 still allows 14 %; that of a ratio of medians comes from the distribution-free bounds of both. A request is taken for one trial, though those of one run share their fault.",
    "- How fast the machine was is the time of a fixed piece of work before the first and after the last run. Where it differs by more than a tenth between two results, or within one, do not compare their times.",
    "",
    "[bench/README.md](../bench/README.md) has every figure and what it means.",
    "",
    "## How to repeat it",
    "",
    "```",
    "make bench                                    # all of it, in a lab of its own; says how long it takes",
    "cli/vigil bench --fault holder-vm --runs 10   # one fault, in a lab that is up (`make demo`)",
    "make bench-check                              # the committed results against the promises",
    "npm run budget                                # this page and its chart, from the committed results",
    "```",
    "",
  ];
}
