/** The scripts of the other methods, with stand-ins for all that they call. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../host/run.ts";
import { actingMs } from "./byHand.ts";

const baseline = join(import.meta.dirname, "..", "baseline");
const virshScript = join(baseline, "virsh", "rebuild.sh");
const byHandScript = join(baseline, "byHand", "watchAndRebuild.sh");

let dir: string;
let env: Record<string, string>;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-scripts-"));
  await mkdir(join(dir, "bin"));
  await standIn("virsh", "");
  await standIn("qemu-img", "");
  await standIn("ping", '[ -e "$CALLS.pinged" ] || { touch "$CALLS.pinged"; exit 1; }');
  await standIn("login", 'while read -r line; do echo "  $line" >>"$CALLS"; done');
  await standIn("curl", '[ -e "$ALIVE" ]');
  await writeFile(join(dir, "check.sh"), 'echo "check $READY_URL" >>"$CALLS"\n');
  await writeFile(join(dir, "configure.sh"), "configure it\n");
  env = {
    PATH: `${join(dir, "bin")}:${process.env.PATH}`,
    CALLS: join(dir, "calls"),
    ALIVE: join(dir, "alive"),
    DOMAIN: "web-1",
    XML: "web-1.xml",
    DISK: join(dir, "disk.qcow2"),
    BASE: "base.qcow2",
    ADDRESS: "192.168.10.10",
    LOGIN: "login root@192.168.10.10 sh",
    CONFIGURE: "",
  };
});

afterEach(() => rm(dir, { recursive: true }));

test("virsh takes the fewest steps", async () => {
  await run(["sh", virshScript], { env });
  assert.deepEqual(await calls(), [
    "virsh --quiet destroy web-1",
    "virsh --quiet undefine web-1",
    `qemu-img create -q -f qcow2 -F qcow2 -b base.qcow2 ${env.DISK}`,
    "virsh --quiet define web-1.xml",
    "virsh --quiet start web-1",
    "virsh --quiet autostart web-1",
  ]);
});

test("a balancer is configured as soon as it can be logged in to", async () => {
  await standIn("login", '[ -e "$CALLS.up" ] || { touch "$CALLS.up"; exit 255; }; cat >>"$CALLS"');
  await run(["sh", virshScript], { env: { ...env, CONFIGURE: join(dir, "configure.sh") } });
  const ping = "ping -c 1 -W 0.2 192.168.10.10";
  const login = "login root@192.168.10.10 sh";
  assert.deepEqual((await calls()).slice(-5), [ping, ping, login, login, "configure it"]);
});

test("a virsh step that fails ends the script", async () => {
  await standIn("virsh", '[ "$2" != define ]');
  await assert.rejects(run(["sh", virshScript], { env }));
  assert.doesNotMatch((await calls()).join("\n"), /start/);
});

test("by hand nothing is done while the machine answers, nor for one silence, and everything after four tries", async () => {
  await writeFile(env.ALIVE ?? "", "");
  const script = byHand();
  await sleep(400);
  // One look of many in vain.
  await rm(env.ALIVE ?? "");
  await sleep(120);
  await writeFile(env.ALIVE ?? "", "");
  await sleep(400);
  assert.deepEqual(new Set(await calls()), new Set([curl]));
  await rm(env.ALIVE ?? "");
  const killedMs = Date.now();
  const said = await script;
  assert.ok(actingMs(said) >= killedMs + 150 + 300, "it waited less than its tries' pauses");
  assert.deepEqual(
    (await calls()).filter((call) => call !== curl),
    [
      "virsh --quiet destroy web-1",
      "virsh --quiet undefine web-1",
      "virsh --quiet vol-delete web-1-disk.qcow2 --pool vigil",
      "virsh --quiet vol-clone base.qcow2 web-1-disk.qcow2 --pool vigil",
      "virsh --quiet define web-1.xml",
      "virsh --quiet start web-1",
      "login root@192.168.10.10 sh",
      "login root@192.168.10.10 sh",
      "  hostname bk-web-1 && echo bk-web-1 >/etc/hostname",
      "login root@192.168.10.10 sh",
      "  cat >/etc/network/interfaces <<END",
      "  auto lo",
      "  iface lo inet loopback",
      "  ",
      "  auto eth0",
      "  iface eth0 inet static",
      "  address 192.168.10.10",
      "  netmask 255.255.255.0",
      "  gateway 192.168.10.1",
      "  END",
      "  ifup -a",
      "login root@192.168.10.10 sh",
      "  configure it",
      "login root@192.168.10.10 sh",
      "  rc-service vigil-stateless restart",
      "check http://192.168.10.10:8080/healthz",
    ],
  );
  assert.match(said, /^watching \d{13}\nacting \d{13}\nconfiguring \d{13}\nchecking \d{13}\ndone \d{13}\n$/);
});

test("a script that never acted is no repair", () => {
  assert.throws(() => actingMs("watching 1700000000000\n"), /never acted; it said: watching/);
});

const curl = "curl -fsS -o /dev/null --max-time 0.5 http://192.168.10.10:8080/healthz";

async function byHand(): Promise<string> {
  const variables = {
    POOL: "vigil",
    DISK: "web-1-disk.qcow2",
    NETMASK: "255.255.255.0",
    GATEWAY: "192.168.10.1",
    HOSTNAME: "bk-web-1",
    URL: "http://192.168.10.10:8080/healthz",
    POLL_S: "0.05",
    TRY_S: "0.5",
    WAITS_S: "0.3 0.05 0.05 0.05",
    SERVICES: "vigil-stateless",
    CONFIGURE: join(dir, "configure.sh"),
    CHECK: join(dir, "check.sh"),
  };
  const child = spawn("sh", [byHandScript], { env: { ...env, ...variables }, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  assert.equal(code, 0, said);
  return said;
}

/** Notes how it is called, and does what it is told. */
async function standIn(name: string, script: string): Promise<void> {
  const path = join(dir, "bin", name);
  await writeFile(path, `#!/bin/sh\necho "${name} $*" >>"$CALLS"\n${script}\n`);
  await chmod(path, 0o755);
}

async function calls(): Promise<string[]> {
  return (await readFile(join(dir, "calls"), "utf8")).trimEnd().split("\n");
}
