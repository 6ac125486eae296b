import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleConfig } from "../test/support/exampleConfig.ts";
import { parseConfig } from "./config.ts";
import { planStack, type StackPlan } from "./plan.ts";
import { checkSurvival } from "./survival.ts";

test("with the plans of all stacks, the loss of any host is survived", () => {
  assert.deepEqual(checkSurvival([plan("bk", 2), plan("mb", 1)]), [
    { lostHost: "bk", verdict: "survives", reason: "without bk, 1 balancer and 1 worker remain" },
    { lostHost: "mb", verdict: "survives", reason: "without mb, 1 balancer and 2 workers remain" },
  ]);
});

test("a survivor without workers cannot serve", () => {
  const findings = checkSurvival([plan("bk", 2), plan("mb", 0)]);
  assert.deepEqual(findings[0], {
    lostHost: "bk",
    verdict: "fails",
    reason: "without bk no worker remains: declare one on mb",
  });
  assert.equal(findings[1]?.verdict, "survives");
});

test("one stack alone does not know what another declares, and says so", () => {
  assert.deepEqual(checkSurvival([plan("bk", 2)]), [
    {
      lostHost: "bk",
      verdict: "unknown",
      reason: "without bk the service rests on the workers of mb, which this plan does not show",
    },
    { lostHost: "mb", verdict: "survives", reason: "without mb, 1 balancer and 2 workers remain" },
  ]);
});

test("a site of one host survives nothing", () => {
  const config = exampleConfig();
  const site = JSON.parse(config["vigil:site"] ?? "");
  delete site.hosts.mb;
  const alone = planStack(parseConfig({ ...config, "vigil:site": JSON.stringify(site) }, "bk"), { version: 1 });
  assert.deepEqual(checkSurvival([alone]), [
    { lostHost: "bk", verdict: "fails", reason: "without bk no host remains: add a second one to the site" },
  ]);
});

function plan(host: string, workers: number): StackPlan {
  return planStack(parseConfig(exampleConfig(host), host), { version: 1, workers });
}
