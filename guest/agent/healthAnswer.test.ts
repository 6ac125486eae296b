import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeStatus, judgeWorker, parseAnswer } from "./healthAnswer.ts";

const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n";

const answers: readonly [name: string, text: string, expected: ReturnType<typeof parseAnswer>][] = [
  ["nothing yet", "", undefined],
  ["half a header", "HTTP/1.1 200 O", undefined],
  ["half a body", `${head}\r\nhel`, undefined],
  ["a whole answer", `${head}\r\nhello`, { status: 200, body: "hello", keepAlive: true }],
  ["one that closes", `${head}Connection: close\r\n\r\nhello`, { status: 200, body: "hello", keepAlive: false }],
  ["no length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "was answered 200 without a Content-Length"],
  ["too much", "HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n", "was answered with 99999 bytes"],
  ["another protocol", "SSH-2.0-x\r\n\r\n", "was answered by something that does not speak HTTP"],
  ["no end", "x".repeat(20_000), "was answered with an endless header"],
];

for (const [name, text, expected] of answers) test(name, () => assert.deepEqual(parseAnswer(text), expected));

const me = { site: "demo", id: "bk/web-1" };
const facts = { site: "demo", slot: "bk/web-1", incarnation: "i", status: "OK" };

const judgements: readonly [name: string, status: number, body: string, evidence: object][] = [
  ["the right one", 200, JSON.stringify(facts), { kind: "ok" }],
  ["one that leaves", 503, JSON.stringify({ ...facts, status: "DRAINING" }), { kind: "draining" }],
  ["one in trouble", 500, JSON.stringify(facts), { kind: "bad", what: "was answered 500" }],
  [
    "another slot",
    200,
    JSON.stringify({ ...facts, slot: "bk/web-2" }),
    { kind: "bad", what: "was answered by demo:bk/web-2 instead of demo:bk/web-1" },
  ],
  [
    "another site",
    200,
    JSON.stringify({ ...facts, site: "else" }),
    { kind: "bad", what: "was answered by else:bk/web-1 instead of demo:bk/web-1" },
  ],
  ["a printer", 200, "<html>", { kind: "bad", what: "was answered 200 without an identity" }],
  ["numbers for names", 200, '{"site":1,"slot":2}', { kind: "bad", what: "was answered 200 without an identity" }],
];

for (const [name, status, body, evidence] of judgements) {
  test(`health from ${name}`, () =>
    assert.deepEqual(judgeWorker({ status, body, keepAlive: true }, me).evidence, evidence));
}

test("health of a service without an identity is its status", () => {
  assert.deepEqual(judgeStatus({ status: 200, body: "ok", keepAlive: true }).evidence, { kind: "ok" });
  assert.equal(judgeStatus({ status: 502, body: "", keepAlive: true }).evidence.kind, "bad");
});
