import assert from "node:assert/strict";
import { test } from "node:test";
import type { Loss } from "../../infra/survival.ts";
import { renderLinkLoads, renderLosses, renderRefusals, renderSecondLosses } from "./renderLosses.ts";

const left = { nextHolder: "cc", balancers: 2, workers: 4, unseen: [] };
const survived: Loss = { lostHost: "bk", verdict: "survives", lacks: [], ...left };
const lack = { found: "without cc no worker remains", remedy: "have one on bk" };

test("each loss is a line, with what is left of what is wanted", () => {
  const measured = { requestsPerSecond: { left: 400, wanted: 300 }, roomForWorkers: { left: 8, wanted: 6 } };
  assert.equal(
    renderLosses([
      { ...survived, ...measured },
      { ...survived, lostHost: "cc", nextHolder: "bk", workers: 0, verdict: "fails", lacks: [lack] },
    ]),
    `If a host is lost, at least this is left:

LOST  VERDICT   NEXT HOLDER  BALANCERS  WORKERS  REQUESTS/S  ROOM FOR WORKERS
bk    survives  cc           2          4        400 of 300  8 of 6
cc    fails     bk           2          0        -           -
`,
  );
});

test("what is accepted or not known is said below; a site of one host has no next holder", () => {
  const { nextHolder: _, ...alone } = survived;
  const accepted: Loss = { ...alone, verdict: "accepted", balancers: 0, workers: 0, lacks: [lack] };
  const unknown: Loss = {
    ...survived,
    ...{ lostHost: "mb", verdict: "unknown", workers: 0, unseen: ["bk", "cc"], lacks: [lack] },
  };
  assert.equal(
    renderLosses([accepted, unknown]),
    `If a host is lost, at least this is left:

LOST  VERDICT   NEXT HOLDER  BALANCERS  WORKERS  REQUESTS/S  ROOM FOR WORKERS
bk    accepted  -            0          0        -           -
mb    unknown   cc           2          ?        -           -

accepted: without cc no worker remains
unknown: without cc no worker remains: have one on bk
`,
  );
});

test("the loss of a second host has no verdict", () => {
  assert.equal(
    renderSecondLosses([
      { ...left, lostHosts: ["bk", "dd"], balancers: 1, workers: 2 },
      { ...left, lostHosts: ["bk", "mb"], balancers: 1, workers: 0, unseen: ["cc"] },
    ]),
    `If a second one is lost meanwhile, at least this is left:

LOST    NEXT HOLDER  BALANCERS  WORKERS  REQUESTS/S  ROOM FOR WORKERS
bk, dd  cc           1          2        -           -
bk, mb  cc           1          ?        -           -
`,
  );
});

test("what a preview refuses is said with its place and remedy", () => {
  assert.equal(
    renderRefusals([{ file: "Pulumi.yaml", key: "vigil:site.hosts.cc", ...lack }]),
    `\`pulumi preview\` and \`pulumi up\` refuse this plan:

  Pulumi.yaml: vigil:site.hosts.cc
    found: without cc no worker remains
    to do: have one on bk
`,
  );
});

test("the loads of all links, now and after each loss, for each number of addresses", () => {
  assert.equal(
    renderLinkLoads([
      { addresses: 1, now: { bk: 1.5, mb: 0 }, without: { bk: { mb: 1.5 }, mb: { bk: 1.5 } } },
      { addresses: 2, now: { bk: 0.75, mb: 0.75 }, without: { bk: { mb: 1.5 }, mb: { bk: 1.5 } } },
    ]),
    `Load of each link with the one address that a site has:

WHEN        LOADS
now         bk 1.50, mb 0.00
without bk  mb 1.50
without mb  bk 1.50

Load of each link with 2 addresses, which a site cannot have yet:

WHEN        LOADS
now         bk 0.75, mb 0.75
without bk  mb 1.50
without mb  bk 1.50
`,
  );
});
