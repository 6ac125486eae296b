import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type { problemSchema } from "./problemSchema.ts";

const remedy = "see what sends it: this is no request that could be read.";

/** By the code of the parser's error; whatever else it cannot read is a bad request. */
const answers: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: "the request took too long to come." },
  HPE_HEADER_OVERFLOW: { status: 431, message: "the request's head is too long." },
};

/** What is no HTTP comes to no route, and is answered in the same shape all the same. */
export function answerBrokenRequest(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, message } = answers[error.code ?? ""] ?? { status: 400, message: "the request is no HTTP." };
  const problem: z.infer<typeof problemSchema> = { error: "badRequest", message, remedy };
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  // The other side may never end its half, and would keep its place among the connections.
  socket.destroySoon();
}
