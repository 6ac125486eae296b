import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

const script = join(import.meta.dirname, "vrrpNotify.sh");

test("the last transition is kept, and hearing a lower priority is none", (t) => {
  const { hear, state } = guest(t);
  hear(["BACKUP", "MASTER", "MASTER_RX_LOWER_PRI"]);
  assert.match(state(), /^MASTER \d{4}-\d\d-\d\dT/);
  hear(["FAULT"]);
  assert.match(state(), /^FAULT /);
});

test("nginx closes idle connections when the address has left, and only then", async (t) => {
  const { hear, nginxIs, program } = guest(t);
  const shell = program("nginx");
  for (const [states, isTold] of [
    [["BACKUP", "MASTER", "MASTER"], false],
    [["BACKUP"], true],
    [["BACKUP", "FAULT", "MASTER"], false],
    [["FAULT"], true],
  ] as const) {
    const nginx = spawn(shell, ["-c", "trap 'echo told; exit' HUP; echo up; read _; echo left"]);
    await once(nginx.stdout, "data");
    nginxIs(nginx.pid ?? 0);
    hear(states);
    const said = once(nginx.stdout, "data");
    nginx.stdin.end();
    assert.equal(String((await said)[0]).trim(), isTold ? "told" : "left", states.join());
  }
});

test("whoever has the pid of an nginx that is gone is left alone", async (t) => {
  const { hear, nginxIs, program } = guest(t);
  const other = spawn(program("another"), ["-c", "echo up; read _; echo left"]);
  await once(other.stdout, "data");
  nginxIs(other.pid ?? 0);
  hear(["MASTER", "FAULT"]);
  const said = once(other.stdout, "data");
  other.stdin.end();
  assert.equal(String((await said)[0]).trim(), "left");
});

test("a balancer whose nginx is gone keeps its transitions all the same", (t) => {
  const { hear, state } = guest(t);
  assert.equal(hear(["MASTER", "FAULT"]), "");
  assert.match(state(), /^FAULT /);
});

/** What the script has of its guest. Each `hear` is a start of keepalived's. */
function guest(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "vigil-vrrp-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "run/nginx"), { recursive: true });
  const fifo = join(root, "fifo");
  return {
    hear: (states: readonly string[]) => {
      writeFileSync(fifo, states.map((state) => `INSTANCE "vip" ${state} 254\n`).join(""));
      const { status, stderr } = spawnSync("sh", [script, fifo], {
        encoding: "utf8",
        env: { ...process.env, VIGIL_ROOT: root },
      });
      assert.equal(status, 0, stderr);
      return stderr;
    },
    state: () => readFileSync(join(root, "run/vigil/vrrp-state"), "utf8"),
    /** A shell by that name. */
    program: (name: string) => {
      symlinkSync("/bin/sh", join(root, name));
      return join(root, name);
    },
    nginxIs: (pid: number) => writeFileSync(join(root, "run/nginx/nginx.pid"), `${pid}\n`),
  };
}
