import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { importImage } from "./importImage.ts";

async function withImage(content: string, digest: string, action: (cache: string, images: string) => Promise<void>) {
  const dir = await mkdtemp(join(tmpdir(), "vigil-image-"));
  const current = join(dir, "cache", "image", "current");
  const images = join(dir, "images");
  try {
    await mkdir(current, { recursive: true });
    await mkdir(images);
    await writeFile(join(current, "vigil.qcow2"), content);
    await writeFile(join(current, "vmlinux"), "kernel");
    await writeFile(join(current, "initrd"), "initrd");
    await writeFile(join(current, "manifest.json"), JSON.stringify({ sha256: digest, alpine: "3.23" }));
    await action(join(dir, "cache"), images);
  } finally {
    await rm(dir, { recursive: true });
  }
}

const content = "an image";
const digest = createHash("sha256").update(content).digest("hex");

test("an image is imported once, under its digest", async () => {
  await withImage(content, digest, async (cache, images) => {
    assert.deepEqual(await importImage(cache, images), { digest, isNew: true });
    const names = ["initrd", "json", "qcow2", "vmlinux"].map((suffix) => `${digest}.${suffix}`);
    assert.deepEqual((await readdir(images)).sort(), names);
    assert.equal(await readFile(join(images, `${digest}.qcow2`), "utf8"), content);
    assert.deepEqual(await importImage(cache, images), { digest, isNew: false });
  });
});

test("an image that is not what its manifest says leaves nothing behind", async () => {
  await withImage("a truncated ima", digest, async (cache, images) => {
    await assert.rejects(importImage(cache, images), /digest [0-9a-f]{64} but its manifest says/);
    assert.deepEqual(await readdir(images), []);
  });
});

test("a missing image is named with what builds it", async () => {
  await assert.rejects(importImage("/nonexistent", "/nonexistent"), /no golden image .*make setup/);
});
