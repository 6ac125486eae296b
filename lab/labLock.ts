import { connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import type { Lab } from "./lab.ts";
import { LabError } from "./labError.ts";

/**
 * Does something to a lab while nobody else does. The lock is an abstract socket: the kernel frees it when its holder
 * ends, however it ends, so there is no stale lock to judge. The holder tells whoever connects who it is.
 * Rejects ERR_LAB_BUSY at once if another process holds it.
 */
export async function withLabLock<T>(lab: Lab, activity: string, action: () => Promise<T>): Promise<T> {
  const address = `\0vigil-lab/${lab.name}`;
  const server = createServer((socket) => socket.on("error", () => {}).end(`process ${process.pid} (${activity})`));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new LabError(
      "ERR_LAB_BUSY",
      `lab ${lab.name} is being changed by ${await holderOf(address)}; wait until it ends.`,
    );
  });
  try {
    return await action();
  } finally {
    server.close();
  }
}

async function holderOf(address: string): Promise<string> {
  return text(connect(address)).catch(() => "a process that has just ended");
}
