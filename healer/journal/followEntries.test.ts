import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type FollowOptions, followEntries } from "./followEntries.ts";
import { Journal } from "./journal.ts";

let dir: string;
let journal: Journal;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-follow-"));
  // Every few entries a file is put aside, so that following has to cross files.
  ({ journal } = await Journal.open({ path: join(dir, "journal.jsonl"), maxBytes: 300, keep: 50 }));
});

afterEach(async () => {
  await journal.close();
  await rm(dir, { recursive: true });
});

test("a follower gets every entry once and in order, however many are written while it reads", async () => {
  for (let index = 0; index < 40; index += 1) await journal.append({ kind: "old" });
  const ending = new AbortController();
  const seqs: number[] = [];
  let writing = Promise.resolve();
  for await (const line of follow({ signal: ending.signal })) {
    if (line === undefined) continue;
    // The journal grows and is put aside under the reader's hands.
    if (seqs.length === 3) writing = write(60);
    if (seqs.push(line.seq) === 100) ending.abort();
  }
  await writing;
  assert.deepEqual(
    seqs,
    Array.from({ length: 100 }, (_, index) => index + 1),
  );
});

test("it begins after the entry that it is told, and ends with what there is if it is not to wait", async () => {
  for (let index = 0; index < 10; index += 1) await journal.append({ kind: "old" });
  const seqs: (number | undefined)[] = [];
  for await (const line of follow({ from: { seq: 7 }, live: false })) seqs.push(line?.seq);
  assert.deepEqual(seqs, [8, 9, 10]);
});

test("it begins at a time", async () => {
  await journal.append({ kind: "old" });
  const seqs: (number | undefined)[] = [];
  for await (const line of follow({ from: { seq: 0, timeMs: Date.now() + 1_000 }, live: false })) seqs.push(line?.seq);
  assert.deepEqual(seqs, []);
});

test("a reader that is too slow is given up instead of buffered for", async () => {
  const told: string[] = [];
  const entries = follow({ maxWaiting: 5, onBehind: ({ message }) => void told.push(message) });
  const first = entries.next();
  await write(1);
  await first;
  await write(6);
  await write(6);
  assert.deepEqual(told, ["the reader is more than 5 entries behind"]);
  await assert.rejects(entries.next(), /more than 5 entries behind/);
});

test("silence is told, and an abort ends it", async () => {
  const ending = new AbortController();
  const entries = follow({ idleMs: 5, signal: ending.signal });
  assert.deepEqual(await entries.next(), { done: false, value: undefined });
  const next = entries.next();
  ending.abort();
  assert.equal((await next).done, true);
});

function follow(options: Partial<FollowOptions>): ReturnType<typeof followEntries> {
  const defaults = { from: { seq: 0 }, live: true, maxWaiting: 1_000, onBehind: () => {}, idleMs: 10_000 };
  return followEntries({ journal, signal: new AbortController().signal, ...defaults, ...options });
}

async function write(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await journal.append({ kind: "new" });
}
