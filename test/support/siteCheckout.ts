import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseDocument } from "yaml";
import { checkout } from "../../cli/place.ts";
import { run } from "../../host/run.ts";

/** What set-up writes into a checkout: large, and the same for all. */
const shared = ["node_modules", "sdks"];

export interface SiteCheckout extends AsyncDisposable {
  readonly dir: string;
  /** Its own `vigil`, as its user would run it. Resolves to what it says; rejects unless it exits with 0. */
  vigil(...args: readonly string[]): Promise<string>;
}

/**
 * A checkout like this one, with further hosts in its site, added as a user would add them. Each host has one worker, and the
 * site facts say so.
 */
export async function checkoutWith(...further: readonly string[]): Promise<SiteCheckout> {
  const dir = await mkdtemp(join(tmpdir(), "vigil-site-"));
  const vigil = (...args: readonly string[]) => run([join(dir, "cli", "vigil"), ...args], { timeoutMs: 15 * 60_000 });
  const left = [".git", "raw", ...shared];
  await cp(checkout, dir, { recursive: true, filter: (path) => !left.includes(basename(path)) });
  for (const name of shared) await symlink(join(checkout, name), join(dir, name));
  for (const [index, host] of further.entries()) {
    const address = `192.168.10.${3 + index}`;
    const pool = `192.168.10.${30 + 10 * index}-192.168.10.${36 + 10 * index}`;
    await vigil("host", "add", host, "--address", address, "--uplink", "eth0", "--pool", pool, "--workers", "1");
  }
  const project = join(dir, "Pulumi.yaml");
  const hosts = ["config", "vigil:site", "value", "hosts"];
  for (const host of ["bk", "mb", ...further]) {
    await edit(project, [...hosts, host, "workers"], 1);
    await edit(join(dir, `Pulumi.${host}.yaml`), ["config", "vigil:workers"], 1);
  }
  return { dir, vigil, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

async function edit(path: string, key: readonly string[], value: number): Promise<void> {
  const document = parseDocument(await readFile(path, "utf8"));
  document.setIn(key, value);
  await writeFile(path, document.toString());
}
