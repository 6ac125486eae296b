import { mkdir, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { dirname } from "node:path";

export interface Sole {
  close(): Promise<void>;
}

/**
 * Makes sure that a host has one healer: two would spend two budgets on the same machines. The kernel closes the socket
 * with its process, so a healer that was killed leaves nothing that would keep the next one away. Rejects if one listens.
 */
export async function soleHealer(path: string): Promise<Sole> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (await isAnswered(path)) throw new Error(`a healer runs on this host already (it listens on ${path}).`);
  await rm(path, { force: true });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  return { close: () => closed(server) };
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.unref();
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
