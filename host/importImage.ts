import { createHash } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { access, copyFile, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { HostError } from "./hostError.ts";

/** The parts of an image as the toolchain leaves them, and how they are called once several images lie side by side. */
const parts = [
  { built: "vigil.qcow2", suffix: "qcow2" },
  { built: "vmlinux", suffix: "vmlinux" },
  { built: "initrd", suffix: "initrd" },
  // The manifest goes last: an image whose manifest is there is there as a whole.
  { built: "manifest.json", suffix: "json" },
] as const;

const manifestSchema = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/**
 * Copies the toolchain's current golden image to where the program looks for it, under its digest, unless it is there.
 * Rejects HostError if there is no image, or if its content is not what its manifest says.
 */
export async function importImage(cacheDir: string, imageDir: string): Promise<{ digest: string; isNew: boolean }> {
  const current = join(cacheDir, "image", "current");
  const manifest = await readFile(join(current, "manifest.json"), "utf8").catch(() => {
    throw new HostError(`there is no golden image in ${current}: run \`make setup\` to build it.`);
  });
  const digest = manifestSchema.parse(JSON.parse(manifest)).sha256;
  const target = (suffix: string) => join(imageDir, `${digest}.${suffix}`);
  if (await isThere(target("json"))) return { digest, isNew: false };
  for (const { built, suffix } of parts) {
    const draft = `${target(suffix)}.new`;
    await copyFile(join(current, built), draft, constants.COPYFILE_FICLONE);
    if (suffix === "qcow2") await verify(draft, digest);
    await rename(draft, target(suffix));
  }
  return { digest, isNew: true };
}

async function verify(path: string, digest: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const found = hash.digest("hex");
  if (found === digest) return;
  await rm(path);
  throw new HostError(
    `the golden image has digest ${found} but its manifest says ${digest}: build it again with \`make setup\`.`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
