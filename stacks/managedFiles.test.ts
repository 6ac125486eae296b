import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../infra/config.ts";
import { planStack, type StackPlan } from "../infra/plan.ts";
import { exampleConfig } from "../test/support/exampleConfig.ts";
import { balancerFiles, virtualAddressFiles } from "./managedFiles.ts";

const names = ["bk", "cc", "dd", "mb"];

for (const count of [2, 3, 4]) {
  const plans = names.slice(0, count).map((host) => planOf(host, names.slice(0, count)));

  test(`of ${count} hosts, each balancer may use every address that any pool has for workers`, () => {
    const expected = names.slice(0, count).flatMap((host, index) =>
      Array.from({ length: 6 }, (_, worker) => ({
        id: `${host}/web-${worker + 1}`,
        address: `10.0.${index}.${10 + worker}`,
        port: 8080,
      })),
    );
    for (const plan of plans) {
      assert.deepEqual(JSON.parse(fileOf(plan, "/etc/vigil/balancer.json")).candidates, expected);
    }
  });

  test(`of ${count} hosts, each balancer sends to all others and knows the highest of them`, () => {
    for (const plan of plans) {
      const text = fileOf(plan, "/etc/keepalived/keepalived.conf");
      const others = plans.filter(({ host }) => host.name !== plan.host.name);
      const [, peers = ""] = /unicast_peer \{\n([^}]*)\}/.exec(text) ?? [];
      assert.deepEqual(
        peers.trim().split(/\s+/),
        others.map(({ slots }) => slots[0]?.address),
      );
      const highest = Math.max(...others.map(({ host }) => host.vrrpPriority));
      assert.match(text, new RegExp(`^  timer_expired_backup ${highest}$`, "m"));
      assert.match(text, new RegExp(`^  priority ${plan.host.vrrpPriority}$`, "m"));
    }
  });
}

function planOf(host: string, hosts: readonly string[]): StackPlan {
  const facts = hosts.map((name, index) => {
    const base = `10.0.${index}`;
    return [name, { address: `${base}.1`, uplink: "eth0", pool: `${base}.10-${base}.16` }] as const;
  });
  const site = { name: "any", subnet: "10.0.0.0/16", vip: "10.0.99.1", hosts: Object.fromEntries(facts) };
  const flat = { ...exampleConfig(), "vigil:host": host, "vigil:site": JSON.stringify(site) };
  return planStack(parseConfig(flat, host), { version: 1 });
}

function fileOf(plan: StackPlan, path: string): string {
  const [balancer] = plan.slots;
  assert.ok(balancer);
  const files = [...balancerFiles(plan, balancer), ...virtualAddressFiles(plan, balancer)];
  return files.find((file) => file.path === path)?.content ?? "";
}
