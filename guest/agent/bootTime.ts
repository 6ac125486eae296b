import { readFileSync, writeFileSync } from "node:fs";

/**
 * Milliseconds from the start of the kernel to the first moment at which the service answered. Kept in memory across
 * restarts of the agent, which would otherwise measure its own.
 */
export class BootTime {
  readonly #path: string;
  #ms: number | undefined;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#ms = Number(readFileSync(path, "utf8"));
    } catch {
      // Not yet measured since the machine started.
    }
  }

  get ms(): number | undefined {
    return this.#ms;
  }

  serviceIsUp(): void {
    if (this.#ms !== undefined) return;
    const [uptime = "0"] = readFileSync("/proc/uptime", "utf8").split(" ");
    this.#ms = Math.round(Number(uptime) * 1000);
    writeFileSync(this.#path, String(this.#ms));
  }
}
