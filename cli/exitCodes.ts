import { CommanderError } from "commander";
import { HostError } from "../host/hostError.ts";
import { CommandError } from "../host/run.ts";
import { ConfigError } from "../infra/configError.ts";
import { LabError } from "../lab/labError.ts";
import { HealerError } from "./healerError.ts";

/** Part of the command's contract: scripts rely on these numbers. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notUp: 3,
  busy: 4,
  notFine: 5,
  noHealer: 6,
  notNow: 7,
  noRoom: 8,
  notMet: 9,
} as const;

export const exitCodesHelp = `
Exit codes:
  0  done
  1  failed; one sentence on standard error says why
  2  the command line or the configuration is wrong; nothing was done
  3  the lab or the host is not up
  4  the lab is being changed by another process, or belongs to another checkout
  5  \`vigil status\`: the host is degraded, down, drained, or not known yet
  6  no healer answers
  7  the healer may not do it now: another update, a pause, no space, no other host; nothing was done
  8  \`vigil scale\`: the host's addresses, stated room, memory, disk or processors cannot hold so many workers; nothing was done
  9  \`vigil bench\`: it was measured, and a claim is not met
\`vigil shell\` exits with the code of the command that it ran.`;

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConfigError) return exitCodes.usage;
  if (error instanceof HealerError) return exitCodeOfHealer(error);
  if (!(error instanceof LabError)) return exitCodes.failed;
  switch (error.code) {
    case "ERR_USAGE":
      return exitCodes.usage;
    case "ERR_LAB_NOT_UP":
      return exitCodes.notUp;
    case "ERR_LAB_BUSY":
    case "ERR_LAB_FOREIGN":
      return exitCodes.busy;
    case "ERR_LAB_FAILED":
      return exitCodes.failed;
  }
}

function exitCodeOfHealer({ code }: HealerError): number {
  switch (code) {
    case "ERR_NO_HEALER":
      return exitCodes.noHealer;
    case "ERR_USAGE":
      return exitCodes.usage;
    case "ERR_NOT_NOW":
      return exitCodes.notNow;
    case "ERR_NO_ROOM":
      return exitCodes.noRoom;
    case "ERR_REFUSED":
      return exitCodes.failed;
  }
}

/** Errors that a person can act on are told in their own words; anything else is a bug and shows where it is. */
export function messageOf(error: unknown): string {
  const known = [ConfigError, LabError, CommandError, HostError, HealerError];
  if (known.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
