/**
 * A host with nothing on it but its healer. Started in namespaces of its own, it deploys a plan whose machines do not exist,
 * runs `vigil healer run` as any host does, and prints as JSON what then listens. There is no libvirt, and nobody answers.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { secret } from "@pulumi/pulumi/index.js";
import { checkout } from "../../cli/place.ts";
import { backendDir, cacheDirOf, hostEnvironment, passphrasePath, pulumiHome } from "../../host/hostEnvironment.ts";
import { run } from "../../host/run.ts";
import { sshKeyFromSeed } from "../../infra/sshKey.ts";
import { testOutputs } from "./apiFixture.ts";

const host = "bk";
/** What a process of the host may listen on, by the kernel's own tables of this network. */
const tables = ["tcp", "tcp6", "udp", "udp6", "unix"] as const;
/** The engine that waits for a repair is a process of its own, and needs as long to load. */
const warmUpMs = 5_000;
const lastWords = [/the API answers on /, /peers are answered on /, /the healer listens/];

const cacheDir = cacheDirOf(process.env);
const env = { ...process.env, ...hostEnvironment(cacheDir) };

await makePlace();
await deploy();
const healer = spawn(join(checkout, "cli", "vigil"), ["healer", "run", host], {
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
const awaited = new Set(lastWords);
for await (const line of createInterface(healer.stdout)) {
  process.stderr.write(`${line}\n`);
  for (const words of awaited) if (words.test(line)) awaited.delete(words);
  if (awaited.size === 0) break;
}
if (awaited.size > 0) throw new Error("the healer has ended before it listened.");
await sleep(warmUpMs);
process.stdout.write(JSON.stringify(await listening()));
healer.kill("SIGKILL");
process.exit(0);

/** Nothing of the machine's own state is seen from here, nor touched. */
async function makePlace(): Promise<void> {
  for (const folder of ["/run", "/var/lib"]) await run(["mount", "-t", "tmpfs", "none", folder]);
  const { applied } = testOutputs;
  await run(["ip", "link", "set", "lo", "up"]);
  await run(["ip", "address", "add", applied.config.site.hosts[host]?.address ?? "", "dev", "lo"]);
  for (const folder of [backendDir, pulumiHome]) await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(passphrasePath, "alone", { mode: 0o600 });
}

/** As an update of the host's stack would leave it, but that nothing is made. */
async function deploy(): Promise<void> {
  const key = sshKeyFromSeed(Buffer.alloc(32, 1), host);
  const slots = testOutputs.slots.map(({ slot, id, role, address, mac, uuid, heartbeatPort, servicePort }) => {
    return { slot, id, role, address, mac, uuid, heartbeatPort, ...(servicePort === undefined ? {} : { servicePort }) };
  });
  const outputs = {
    ...testOutputs,
    version: 1,
    host,
    slots,
    loginPublicKey: key.publicKey,
    hostKeys: Object.fromEntries(slots.map(({ slot }) => [slot, key.publicKey])),
    loginPrivateKey: secret(key.privateKeyOpenssh),
  };
  const workDir = await mkdtemp("/run/deploy-");
  const stack = await LocalWorkspace.createStack(
    { stackName: host, projectName: "vigil", program: async () => outputs },
    { workDir, envVars: hostEnvironment(cacheDir), pulumiCommand: await PulumiCommand.get({ root: cacheDir }) },
  );
  await stack.up();
}

/** Table and address of each, as the kernel writes them; of a connectionless socket, that it is there. */
async function listening(): Promise<string[]> {
  const found = await Promise.all(
    tables.map(async (table) => {
      const text = await readFile(`/proc/net/${table}`, "utf8").catch(() => "");
      const rows = text.split("\n").slice(1, -1);
      return rows.map((row) => row.trim().split(/\s+/)).flatMap((columns) => listenerOf(table, columns));
    }),
  );
  return found.flat().sort();
}

function listenerOf(table: (typeof tables)[number], columns: readonly string[]): string[] {
  // Of a Unix socket: number, uses, protocol, flags, type, state, inode, path. 10000 is the flag of one that accepts.
  if (table === "unix") return columns[3] === "00010000" ? [`unix ${columns[7]}`] : [];
  const [, address, , state] = columns;
  return table.startsWith("tcp") && state !== "0A" ? [] : [`${table} ${address}`];
}
