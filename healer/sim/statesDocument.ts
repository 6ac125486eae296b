/** `docs/healer-states.md`, written from the table of causes: what it says is what the healer does. */
import { type Cause, causes } from "../core/causes.ts";
import { hostStatuses } from "../core/hostStatuses.ts";
import { type Limits, limitsFor } from "../core/limits.ts";

export function statesDocument(): string {
  return [
    "# What the healer knows, and what it does about it",
    "",
    "Generated from `healer/core/causes.ts`, `healer/core/hostStatuses.ts` and `healer/core/limits.ts`. Do not edit it: `UPDATE_GOLDEN=1 node --test healer/sim/statesDocument.test.ts` writes it anew.",
    "",
    "A slot is `green` (it beats and serves), `yellow` (something is wrong that may pass, or that nobody repairs), `red` (a repair is due), `repairing`, `settling` (it is repaired, and has to show that it helped) or `unknown` (too little is known, as during a boot).",
    "",
    ...causesTable(),
    "",
    ...hostsTable(),
    "",
    ...limitsTable(),
    "",
  ].join("\n");
}

function causesTable(): string[] {
  const rows = Object.values<Cause>(causes).map((cause) => {
    const repairs = cause.repairs.length === 0 ? "none; a person is told" : cause.repairs.join(", then ");
    const because = cause.because === "" ? "" : `: ${cause.because}`;
    return row([
      cause.title,
      cause.subject,
      cause.evidence,
      repairs,
      `${patience(cause)}${because}`,
      cause.fault === undefined ? "" : `\`${cause.fault}\``,
    ]);
  });
  return [
    "## Causes",
    "",
    "The repairs of a row are tried in their order, each if the one before did not help, within the budgets below. One has helped when its slot was green for `provenMs` after it, twice as long with each repair of the slot within `budgetWindowMs`; what comes back sooner gets the next one. The last column is how `vigil lab break` brings it about.",
    "",
    row(["cause", "of", "known by", "repairs", "waits", "lab fault"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...rows,
  ];
}

function hostsTable(): string[] {
  return [
    "## Other hosts",
    "",
    "What the healer of one host believes of each other host of the site.",
    "",
    row(["it is", "known by", "what is done"]),
    row(["---", "---", "---"]),
    ...Object.values(hostStatuses).map(({ title, knownBy, done }) => row([title, knownBy, done])),
  ];
}

function patience({ patience: name, repairs }: Cause): string {
  if (repairs.length === 0) return "for ever";
  if (name === 0) return "not at all";
  return show(name, limitsFor.kvm[name]);
}

function limitsTable(): string[] {
  const names = Object.keys(limitsFor.kvm) as (keyof Limits)[];
  return [
    "## Limits",
    "",
    "Under TCG a guest is emulated: it boots and is rebuilt several times more slowly than under KVM.",
    "",
    row(["limit", "kvm", "tcg"]),
    row(["---", "---", "---"]),
    ...names.map((name) => row([`\`${name}\``, show(name, limitsFor.kvm[name]), show(name, limitsFor.tcg[name])])),
  ];
}

function show(name: string, value: number): string {
  if (name.endsWith("Bytes")) return `${value / 1024 ** 2} MiB`;
  if (value === Number.POSITIVE_INFINITY) return "no limit";
  if (!name.endsWith("Ms")) return String(value);
  if (value >= 60_000 && value % 60_000 === 0) return `${value / 60_000} min`;
  return value >= 1_000 ? `${value / 1_000} s` : `${value} ms`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
