import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "./configError.ts";
import { readDesired, writeDesired } from "./desired.ts";

const image = "c".repeat(64);
let dir: string;
let path: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), "vigil-desired-"));
  path = join(dir, "desired.json");
});

after(() => rm(dir, { recursive: true }));

test("an absent file is the defaults", async () => {
  assert.deepEqual(await readDesired(join(dir, "absent.json")), { version: 1 });
});

test("what is written is read, and nothing else is left in the folder", async () => {
  const desired = { version: 1, workers: 3, evacuated: { mb: 2 }, images: { "web-2": image } } as const;
  await writeDesired(path, { version: 1, workers: 1 });
  await writeDesired(path, desired);
  assert.deepEqual(await readDesired(path), desired);
  assert.deepEqual(await readdir(dir), ["desired.json"]);
});

test("a state that could not be read back is not written, and the old one stays", async () => {
  await writeDesired(path, { version: 1, workers: 2 });
  await assert.rejects(writeDesired(path, { version: 1, workers: -1 }));
  assert.deepEqual(JSON.parse(await readFile(path, "utf8")), { version: 1, workers: 2 });
});

test("a write that fails leaves no temporary file behind", async () => {
  const folder = join(dir, "desired.json.d");
  await assert.rejects(writeDesired(join(folder, "desired.json"), { version: 1 }), { code: "ENOENT" });
  assert.deepEqual(await readdir(dir), ["desired.json"]);
});

test("a writer that is killed at any instant leaves a whole state, no older than the last one it was done with", async () => {
  const killed = join(dir, "killed.json");
  const images = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`web-${index + 1}`, image]));
  const script = `
    import { writeSync } from "node:fs";
    import { writeDesired } from ${JSON.stringify(join(import.meta.dirname, "desired.ts"))};
    for (let workers = 1; ; workers = workers % 60 + 1) {
      await writeDesired(${JSON.stringify(killed)}, { version: 1, workers, images: ${JSON.stringify(images)} });
      writeSync(1, workers + "\\n");
    }`;
  for (let round = 0; round < 12; round++) {
    const writer = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(writer, "close");
    let said = "";
    writer.stdout.setEncoding("utf8").on("data", (words) => {
      said += words;
    });
    await Promise.race([once(writer.stdout, "data"), closed]);
    await sleep(Math.random() * 10);
    writer.kill("SIGKILL");
    await closed;
    const promised = Number(said.trim().split("\n").at(-1));
    const { workers, images: kept } = await readDesired(killed);
    assert.ok(workers === promised || workers === (promised % 60) + 1, `${workers} after ${promised}`);
    assert.deepEqual(kept, images);
  }
});

test("a wrong file is refused by name, key and remedy", async () => {
  const cases = [
    ["{", "(the whole file)", /JSON/, /delete the file/],
    ['{"version":2}', "version", /^2$/, /write 1/],
    ['{"workers":3}', "version", /^nothing$/, /write 1/],
    ['{"version":1,"workers":"3"}', "workers", /^"3"$/, /number of workers/],
    ['{"version":1,"evacuated":{"mb":-1}}', "evacuated.mb", /^-1$/, /number of workers/],
    ['{"version":1,"evacuated":{"Mb!":1}}', "evacuated.Mb!", /^1$/, /write a name/],
    ['{"version":1,"evacuated":2}', "evacuated", /^2$/, /mapping from a lost host/],
    ['{"version":1,"worker":3}', "worker", /^3$/, /keys here are version, workers, evacuated, images/],
    [`{"version":1,"images":{"db-1":"${image}"}}`, "images.db-1", /^"c+/, /web-1 or lb-1/],
    ['{"version":1,"images":{"web-1":"latest"}}', "images.web-1", /^"latest"$/, /sha256/],
    ["[]", "(the whole file)", /^\[\]$/, /mapping of version/],
  ] as const;
  for (const [text, key, found, remedy] of cases) {
    await writeFile(path, text);
    await assert.rejects(readDesired(path), (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      const [problem, ...more] = error.problems;
      assert.deepEqual([problem?.file, problem?.key, more], [path, key, []]);
      assert.match(problem?.found ?? "", found);
      assert.match(problem?.remedy ?? "", remedy);
      return true;
    });
  }
});

test("a file that cannot be read is not mistaken for an absent one", async () => {
  await assert.rejects(readDesired(dir), /EISDIR/);
});
