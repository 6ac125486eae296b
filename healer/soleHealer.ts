import { createServer, type Server } from "node:net";

export interface Sole {
  close(): Promise<void>;
}

/**
 * Makes sure that a host has one healer: two would spend two budgets on the same machines. The name is one of the kernel's
 * and not of a file system: it is taken by one process or none, and gone with that process however it ends. Rejects if
 * another has it.
 */
export async function soleHealer(): Promise<Sole> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new Error("a healer runs on this host already.") : error);
    });
    server.listen("\0vigil-healer", resolve);
  });
  return { close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
