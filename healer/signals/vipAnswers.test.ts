import assert from "node:assert/strict";
import { test } from "node:test";
import { answerIn, VipAnswers } from "./vipAnswers.ts";

test("who answers, and how long after the question, is read from arping's answers alone", () => {
  const line = "Unicast reply from 192.168.10.120 [52:54:00:A8:0A:1A]  5.011ms";
  assert.deepEqual(answerIn(line), { mac: "52:54:00:a8:0a:1a", tookMs: 5.011 });
  const others = [
    "ARPING 192.168.10.120 from 192.168.10.1 br0",
    "Unicast reply from 192.168.10.120 [52:54:00:A8:0A:1A]  UNSOLICITED?",
    "Sent 3 probes (3 broadcast(s))",
    "Received 3 response(s)",
    "",
  ];
  for (const other of others) assert.equal(answerIn(other), undefined, other);
});

test("two that answer the same question are two holders", () => {
  const answers = new VipAnswers();
  for (const askedMs of [0, 1_001, 2_002]) {
    answers.hear({ mac: "b", tookMs: 0.6 }, askedMs + 0.6);
    answers.hear({ mac: "a", tookMs: 140 }, askedMs + 140);
    assert.deepEqual(answers.macs, ["a", "b"]);
  }
});

test("who answered the question before counts no more when the next one is answered by another", () => {
  const answers = new VipAnswers();
  answers.hear({ mac: "a", tookMs: 300 }, 300);
  answers.hear({ mac: "b", tookMs: 1 }, 1_000);
  assert.deepEqual([answers.macs, answers.askedMs], [["b"], 999]);
  answers.hear({ mac: "b", tookMs: 2 }, 2_001);
  assert.deepEqual(answers.macs, ["b"]);
});
