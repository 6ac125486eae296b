import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Journal } from "./journal.ts";
import { JournalClock } from "./journalClock.ts";
import { readJournal } from "./readJournal.ts";

let dir: string;
let path: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-journal-"));
  path = join(dir, "journal.jsonl");
});

afterEach(() => rm(dir, { recursive: true }));

test("entries are numbered in order, carry the wall time, and go on after a restart", async () => {
  const first = await open();
  await Promise.all([first.append({ kind: "a" }), first.append({ kind: "b" })]);
  await first.close();
  const second = await open();
  await second.append({ kind: "c" });
  await second.close();
  assert.deepEqual(await readJournal(path), {
    entries: [
      { seq: 1, at: "1970-01-01T00:00:01.000Z", kind: "a" },
      { seq: 2, at: "1970-01-01T00:00:01.000Z", kind: "b" },
      { seq: 3, at: "1970-01-01T00:00:01.000Z", kind: "c" },
    ],
    problems: [],
  });
});

test("a clock that was set since the last entry is written down before the next one, once", async () => {
  let wallMs = 1_000;
  const clock = new JournalClock({ wallMs: () => wallMs, monotonicMs: () => 0 });
  const { journal } = await Journal.open({ path, clock });
  await journal.append({ kind: "a" });
  for (const byMs of [700, 3_600_000]) {
    wallMs += byMs;
    await journal.append({ kind: "b" });
  }
  await journal.append({ kind: "c" });
  wallMs -= 7_200_000;
  for (let times = 0; times < 2; times += 1) await journal.noteClock();
  await journal.close();
  const { entries } = await readJournal(path);
  assert.deepEqual(
    entries.map(({ seq, kind, byMs }) => [seq, kind, byMs]),
    [
      [1, "a", undefined],
      [2, "b", undefined],
      [3, "clockSet", 3_600_700],
      [4, "b", undefined],
      [5, "c", undefined],
      [6, "clockSet", -7_200_000],
    ],
  );
  assert.equal(journal.sequence, 6);
});

test("a torn last line is dropped and said, and the next entry is a line of its own", async () => {
  const before = await open();
  await before.append({ kind: "a" });
  await before.close();
  await appendFile(path, '{"seq":2,"at":"19');
  assert.deepEqual((await readJournal(path)).problems, [
    "the last line of journal.jsonl was torn and was dropped (17 bytes).",
  ]);
  const { journal, notes } = await Journal.open({ path });
  assert.deepEqual(notes, ["the last line of journal.jsonl was torn and was dropped (17 bytes)."]);
  await journal.append({ kind: "b" });
  await journal.close();
  const { entries, problems } = await readJournal(path);
  assert.deepEqual(
    [entries.map(({ seq, kind }) => [seq, kind]), problems],
    [
      [
        [1, "a"],
        [2, "b"],
      ],
      [],
    ],
  );
});

test("a broken line in the middle is passed over and said", async () => {
  const at = "2026-01-01T00:00:00.000Z";
  await writeFile(path, `{"seq":1,"at":"${at}"}\n\0\0\0\0\n{"seq":3,"at":"${at}"}\n{"seq":4,"at":"x"}\n`);
  const { entries, problems } = await readJournal(path);
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    [1, 3],
  );
  assert.deepEqual(
    problems,
    [2, 4].map((line) => `line ${line} of journal.jsonl is not an entry and was passed over.`),
  );
});

test("files are put aside by size, the oldest goes, and the numbers go on over a restart", async () => {
  const options = { path, maxBytes: 100, keep: 2 };
  for (let restart = 0; restart < 2; restart += 1) {
    const { journal } = await Journal.open(options);
    for (let index = 0; index < 10; index += 1) await journal.append({ kind: "entry" });
    await journal.close();
  }
  assert.deepEqual((await readdir(dir)).sort(), ["journal.jsonl", "journal.jsonl.1", "journal.jsonl.2"]);
  const seqs = (await readJournal(path)).entries.map(({ seq }) => seq);
  assert.equal(seqs.at(-1), 20);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => (seqs[0] ?? 0) + index),
  );
});

test("what append resolved is there after the process was killed", async () => {
  const script = `
    import { Journal } from ${JSON.stringify(join(import.meta.dirname, "journal.ts"))};
    const { journal } = await Journal.open({ path: ${JSON.stringify(path)} });
    for (let n = 1; ; n += 1) { await journal.append({ n }); process.stdout.write(n + "\\n"); }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.split("\n").length > 50) child.kill("SIGKILL");
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  const promised = Number(said.split("\n").filter(Boolean).at(-1));
  const { entries } = await readJournal(path);
  assert.ok(entries.length >= promised, `${entries.length} of ${promised}`);
});

test("an entry is written at once, however few turns of the loop it comes after the one before", async () => {
  const journal = await open();
  for (let turns = 0; turns < 10; turns += 1) {
    await journal.append({ kind: "before" });
    for (let turn = 0; turn < turns; turn += 1) await null;
    const late = new AbortController();
    const forgotten = sleep(2_000, "forgotten", { signal: late.signal }).catch(() => "");
    const written = journal.append({ kind: "after" }).then(() => "written");
    assert.equal(await Promise.race([written, forgotten]), "written", `${turns} turns`);
    late.abort();
  }
  await journal.close();
});

test("an entry that cannot be written is rejected, and leaves no half line", async () => {
  const journal = await open();
  await journal.append({ kind: "a" });
  await assert.rejects(journal.append({ big: 1n }), /BigInt/);
  await journal.append({ kind: "b" });
  await journal.close();
  assert.equal((await readFile(path, "utf8")).split("\n").length, 3);
});

async function open(): Promise<Journal> {
  const clock = new JournalClock({ wallMs: () => 1000, monotonicMs: () => 0 });
  return (await Journal.open({ path, clock })).journal;
}
