import type { Problem } from "../../infra/configError.ts";
import type { LinkLoads, Loads } from "../../infra/linkLoads.ts";
import type { Left, Loss, SecondLoss, Share } from "../../infra/survival.ts";
import { renderTable } from "../output.ts";

const leftHeader = ["next holder", "balancers", "workers", "requests/s", "room for workers"];

/** What is left after the loss of each host; below it what is accepted or not known. What is refused has its own list. */
export function renderLosses(losses: readonly Loss[]): string {
  const rows = losses.map((loss) => [loss.lostHost, loss.verdict, ...leftCells(loss)]);
  const reasons = losses.flatMap(({ verdict, lacks }) => {
    if (verdict === "fails") return [];
    return lacks.map(({ found, remedy }) => `${verdict}: ${found}${verdict === "unknown" ? `: ${remedy}` : ""}\n`);
  });
  const table = renderTable(["lost", "verdict", ...leftHeader], rows);
  return ["If a host is lost, at least this is left:\n\n", table, ...paragraph(reasons)].join("");
}

/** Nobody has promised to survive the loss of two hosts, so no verdict. */
export function renderSecondLosses(losses: readonly SecondLoss[]): string {
  const rows = losses.map((loss) => [loss.lostHosts.join(", "), ...leftCells(loss)]);
  return `If a second one is lost meanwhile, at least this is left:\n\n${renderTable(["lost", ...leftHeader], rows)}`;
}

function leftCells({ nextHolder, balancers, workers, unseen, requestsPerSecond, roomForWorkers }: Left): string[] {
  const known = workers === 0 && unseen.length > 0 ? "?" : `${workers}`;
  return [nextHolder ?? "-", `${balancers}`, known, share(requestsPerSecond), share(roomForWorkers)];
}

/** What `pulumi preview` says in place of a preview. */
export function renderRefusals(refusals: readonly Problem[]): string {
  const entries = refusals.map(({ file, key, found, remedy }) => {
    return `\n  ${file}: ${key}\n    found: ${found}\n    to do: ${remedy}\n`;
  });
  return ["`pulumi preview` and `pulumi up` refuse this plan:\n", ...entries].join("");
}

/** The share of its link that each host carries; a table for each number of addresses. */
export function renderLinkLoads(loads: readonly LinkLoads[]): string {
  return loads.map(renderOneCount).join("\n");
}

function renderOneCount({ addresses, now, without }: LinkLoads): string {
  const rows = Object.entries(without).map(([lost, loads]) => [`without ${lost}`, spellLoads(loads)]);
  const what =
    addresses === 1 ? "the one address that a site has" : `${addresses} addresses, which a site cannot have yet`;
  return `Load of each link with ${what}:\n\n${renderTable(["when", "loads"], [["now", spellLoads(now)], ...rows])}`;
}

function spellLoads(loads: Loads): string {
  return Object.entries(loads)
    .map(([host, load]) => `${host} ${load.toFixed(2)}`)
    .join(", ");
}

function share(found: Share | undefined): string {
  return found === undefined ? "-" : `${found.left} of ${found.wanted}`;
}

function paragraph(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["\n", ...lines];
}
