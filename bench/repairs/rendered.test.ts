/** What the other methods are given, from a plan. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseConfig } from "../../infra/config.ts";
import { planStack } from "../../infra/plan.ts";
import { exampleConfig } from "../../test/support/exampleConfig.ts";
import { byHandVariables } from "./byHand.ts";
import { tofuVariables } from "./byTofu.ts";
import { configureScript } from "./configureScript.ts";
import type { Victim } from "./victim.ts";

const plan = planStack(parseConfig(exampleConfig(), "bk"), { version: 1 });

test("OpenTofu is given just what main.tf declares, of the product's own machine", async () => {
  const declared = await readFile(join(import.meta.dirname, "..", "baseline", "tofu", "main.tf"), "utf8");
  const variables = tofuVariables(victim("web-1"));
  const names = [...declared.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(variables), names);
  for (const name of ["machine", "files", "guest"] as const) {
    const [, fields = ""] = declared.match(new RegExp(`^variable "${name}"[^]*?object\\(\\{([^]*?)\\}\\)`, "m")) ?? [];
    assert.deepEqual(
      Object.keys(variables[name]),
      [...fields.matchAll(/^\s+(\w+) /gm)].map(([, field]) => field),
    );
  }
  const { slot } = victim("web-1");
  assert.deepEqual(
    [variables.machine.memory_mib, variables.machine.mac, variables.files.seed],
    [slot.memoryMib, slot.mac, "/var/lib/vigil/pool/volumes/web-1-seed.img"],
  );
});

test("only a balancer is configured after it has booted", () => {
  assert.equal(configureScript(victim("web-1")), "");
  assert.equal(tofuVariables(victim("web-1")).files.configure, "");
  const script = configureScript(victim("lb-1"));
  assert.ok(script.indexOf("rc-service nginx start") < script.indexOf("rc-service keepalived start"));
  assert.equal(tofuVariables(victim("lb-1")).files.configure, "/var/lib/vigil/tofu/configure.sh");
});

test("by hand a dead worker is believed in after 6 s, and a balancer after 16", () => {
  const believedS = (slot: string) => {
    const { WAITS_S = "", TRY_S } = byHandVariables(victim(slot), { xml: "x.xml", configure: "" });
    const waits = WAITS_S.split(" ").map(Number);
    // The first look in vain, and one after each pause.
    return waits.reduce((sum, wait) => sum + wait, 0) + (waits.length + 1) * Number(TRY_S);
  };
  assert.equal(Math.round(believedS("web-1")), 6);
  assert.equal(Math.round(believedS("lb-1")), 16);
});

function victim(name: string): Victim {
  const slot = plan.slots.find((one) => one.slot === name);
  assert.ok(slot);
  const { host, address, mac } = slot;
  return { host, domain: name, address, mac, slot, plan, url: `http://${address}:${slot.servicePort}/healthz` };
}
