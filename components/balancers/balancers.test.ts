import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { BalancerInput } from "./balancerInput.ts";
import { renderBalancerJson } from "./balancerJson.ts";
import { renderHaproxy } from "./haproxy.ts";
import { renderKeepalived } from "./keepalived.ts";
import { renderNginx } from "./nginx.ts";

const plan: BalancerInput = {
  site: { name: "demo", vip: "192.168.10.120", witness: "192.168.10.254", subnet: { prefixLength: 24 } },
  host: { vrrpPriority: 254 },
  candidates: [
    { id: "bk/web-1", address: "192.168.10.10", port: 8080 },
    { id: "bk/web-2", address: "192.168.10.11", port: 8080 },
    { id: "mb/web-1", address: "192.168.10.20", port: 8080 },
  ],
  peers: [{ id: "mb/lb-1", address: "192.168.10.26", priority: 244 }],
};
const slot = { id: "bk/lb-1", address: "192.168.10.16", servicePort: 80 };
const alone: BalancerInput = { ...plan, peers: [] };

/** The reviewed text of each file. UPDATE_GOLDEN=1 writes them anew; the change is then read in the diff. */
const files = {
  "nginx.conf": renderNginx(slot),
  "keepalived.conf": renderKeepalived(plan, slot),
  "keepalived.alone.conf": renderKeepalived(alone, slot),
  "balancer.json": renderBalancerJson(plan),
  "haproxy.cfg": renderHaproxy(plan, slot),
};

for (const [name, content] of Object.entries(files)) {
  test(`${name} is as reviewed`, () => {
    const path = join(import.meta.dirname, "golden", name);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, content);
    assert.equal(content, readFileSync(path, "utf8"));
  });
}

test("nginx.conf and keepalived.conf name no worker: a worker that comes or goes changes no managed file", () => {
  for (const { id, address } of plan.candidates) {
    assert.ok(!files["nginx.conf"].includes(address), id);
    assert.ok(!files["keepalived.conf"].includes(address), id);
  }
});

test("a limit for each worker is told to the agent, which writes it into nginx's pool, and to HAProxy", () => {
  const limited: BalancerInput = { ...plan, site: { ...plan.site, requestsAtOnce: 8 } };
  assert.equal(JSON.parse(renderBalancerJson(limited)).requestsAtOnce, 8);
  assert.equal(renderHaproxy(limited, slot).match(/^ {2}server .* maxconn 8$/gm)?.length, plan.candidates.length);
});

test("keepalived takes its configuration", { skip: missing("keepalived", /v2\.(2\.[89]|[3-9])/) }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), "vigil-balancers-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const port = Object.keys(networkInterfaces()).find((name) => name !== "lo") ?? "eth0";
  for (const name of ["keepalived.conf", "keepalived.alone.conf"] as const) {
    const path = join(folder, name);
    // What only a guest has: its interface and our script.
    writeFileSync(path, files[name].replaceAll("eth0", port).replaceAll(/^ *vrrp_notify_fifo_script.*\n/gm, ""));
    const { status, stdout, stderr } = spawnSync("keepalived", ["--config-test", `--use-file=${path}`], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout + stderr);
  }
});

test("haproxy takes its configuration", { skip: missing("haproxy") }, (context) => {
  const folder = mkdtempSync(join(tmpdir(), "vigil-balancers-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "haproxy.cfg");
  writeFileSync(path, files["haproxy.cfg"]);
  const { status, stdout, stderr } = spawnSync("haproxy", ["-c", "-f", path], { encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
});

/** The reason to skip, if this machine has no such program in a version that knows our directives. */
function missing(program: string, version = /./): string | false {
  const { status, stdout, stderr } = spawnSync(program, ["-v"], { encoding: "utf8" });
  if (status === 0 && version.test(stdout + stderr)) return false;
  return `no suitable ${program} is installed here; the guest's own is checked at each deployment`;
}
