import type { Evidence } from "./targetHealth.ts";

/** An HTTP answer as far as a health check needs it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly keepAlive: boolean;
}

const maxAnswerBytes = 16 * 1024;

/**
 * Reads one HTTP/1.1 answer with a Content-Length from the text received so far: undefined while it is incomplete, a text
 * if it is no such answer. So little of HTTP is enough because both ends are ours, and it costs a third of the
 * processor time of Node's client, which counts with dozens of checks a second in an emulated machine.
 */
export function parseAnswer(text: string): Answer | string | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return text.length > maxAnswerBytes ? "was answered with an endless header" : undefined;
  const header = text.slice(0, end).toLowerCase();
  const status = /^http\/1\.[01] (\d{3})/.exec(header)?.[1];
  if (status === undefined) return "was answered by something that does not speak HTTP";
  const length = /\r\ncontent-length: *(\d+)/.exec(header)?.[1];
  if (length === undefined) return `was answered ${status} without a Content-Length`;
  if (Number(length) > maxAnswerBytes) return `was answered with ${length} bytes`;
  const body = text.slice(end + 4);
  if (body.length < Number(length)) return undefined;
  return {
    status: Number(status),
    body: body.slice(0, Number(length)),
    keepAlive: !header.includes("\r\nconnection: close"),
  };
}

/** Who has to answer. */
export interface Identity {
  readonly site: string;
  readonly id: string;
}

export interface JudgedAnswer {
  readonly evidence: Evidence;
  readonly incarnation?: string;
}

/** An answer counts only if the right machine gave it: an address may have been taken by another. */
export function judgeWorker(answer: Answer, { site, id }: Identity): JudgedAnswer {
  const facts = parseFacts(answer.body);
  if (facts?.site === undefined || facts.slot === undefined) {
    return { evidence: { kind: "bad", what: `was answered ${answer.status} without an identity` } };
  }
  if (facts.site !== site || facts.slot !== id) {
    return { evidence: { kind: "bad", what: `was answered by ${facts.site}:${facts.slot} instead of ${site}:${id}` } };
  }
  const incarnation = facts.incarnation === undefined ? {} : { incarnation: facts.incarnation };
  if (facts.status === "DRAINING") return { evidence: { kind: "draining" }, ...incarnation };
  if (answer.status === 200) return { evidence: { kind: "ok" }, ...incarnation };
  return { evidence: { kind: "bad", what: `was answered ${answer.status}` }, ...incarnation };
}

/** For a local service that has no identity of its own: any 200 is good. */
export function judgeStatus(answer: Answer): JudgedAnswer {
  return { evidence: answer.status === 200 ? { kind: "ok" } : { kind: "bad", what: `was answered ${answer.status}` } };
}

function parseFacts(body: string): { site?: string; slot?: string; incarnation?: string; status?: string } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([, field]) => typeof field === "string"));
  } catch {
    return undefined;
  }
}
