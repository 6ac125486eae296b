import { createServer, type Server, type ServerResponse } from "node:http";
import { HeartbeatStream } from "../shared/heartbeatStream.ts";

export interface AgentViews {
  /** The short report of each heartbeat. */
  beat(): object;
  /** Everything, for whoever wants to know why. */
  status(): object;
  health(): object;
}

/** The agent's HTTP face: it only reads. */
export function createAgentServer(views: AgentViews): Server {
  const heartbeat = new HeartbeatStream(views.beat);
  return createServer((request, response) => {
    if (request.method !== "GET") return send(response, 405, { error: "this server only answers GET" });
    switch (request.url) {
      case "/heartbeat":
        return heartbeat.attach(request, response);
      case "/status":
        return send(response, 200, views.status());
      case "/healthz":
        return send(response, 200, views.health());
      default:
        return send(response, 404, { error: "there is /heartbeat, /status and /healthz" });
    }
  });
}

function send(response: ServerResponse, status: number, content: object): void {
  const text = JSON.stringify(content);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
