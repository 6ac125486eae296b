import { access, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { healerUnit } from "./healerUnit.ts";
import { HostError } from "./hostError.ts";
import { run } from "./run.ts";

/** Where units are written to, and who is told of them. */
export interface Systemd {
  readonly unitDir: string;
  /** Runs `systemctl`. Rejects if it does not succeed. */
  readonly control: (...command: string[]) => Promise<unknown>;
}

/** The service manager of this machine. Rejects HostError if there is none, or if this process may not change its units. */
export async function openSystemd(): Promise<Systemd> {
  await access("/run/systemd/system").catch(() => {
    throw new HostError(
      "systemd does not run on this machine: let its own supervisor run `vigil healer run HOST` and start that again whenever it ends.",
    );
  });
  if (process.getuid?.() !== 0) throw new HostError("a service is installed by root: run it as root or with sudo.");
  return { unitDir: "/etc/systemd/system", control: (...command) => run(["systemctl", ...command]) };
}

/**
 * Writes the healer's unit, enables it, and has it run by what the unit now says. Leaves alone a healer that does so
 * already. Rejects HostError if the healer does not start; it is tried again for as long as the unit is installed.
 */
export async function installHealer(unit: string, { unitDir, control }: Systemd): Promise<"installed" | "unchanged"> {
  const path = join(unitDir, healerUnit);
  const isChanged = (await textOf(path)) !== unit;
  if (isChanged) await writeFile(path, unit);
  await control("daemon-reload");
  await control("enable", healerUnit);
  // Also a healer that runs goes on with what the old unit said, until it is started anew.
  await control(isChanged ? "restart" : "start", healerUnit).catch((error: Error) => {
    const see = `\`journalctl -u ${healerUnit}\` says why`;
    throw new HostError(
      `the healer is installed, did not start, and is tried again and again; ${see}. ${error.message}`,
    );
  });
  return isChanged ? "installed" : "unchanged";
}

/** Ends the healer and removes its unit. A repair under way is left to come to its end. */
export async function uninstallHealer({ unitDir, control }: Systemd): Promise<"removed" | "absent"> {
  const path = join(unitDir, healerUnit);
  if ((await textOf(path)) === undefined) return "absent";
  await control("disable", "--now", healerUnit);
  await rm(path);
  await control("daemon-reload");
  return "removed";
}

async function textOf(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
