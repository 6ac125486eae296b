/**
 * The desired state that changes at run time: how many workers a host should have, how many stand in for those of lost
 * hosts beside them, and which image each slot boots.
 * The healer writes it, the program reads it, and an absent file means the stack's configuration as it is. It is a file
 * of its own because `pulumi config set` truncates the stack file in place and loses keys when two of them meet.
 */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { ConfigError } from "./configError.ts";
import { mapping, name, sha256, workerCount } from "./configSchema.ts";
import { problemsOf } from "./problemsOf.ts";
import { replaceFile } from "./replaceFile.ts";

const slotName = z.string().regex(/^(lb|web)-[1-9]\d*$/, { error: "name a slot such as web-1 or lb-1" });

export const desiredSchema = mapping({
  version: z.literal(1, { error: "write 1: this release reads no other version" }),
  /** What a person has asked for. Those that stand in for others come on top. */
  workers: workerCount.optional(),
  evacuated: z
    .record(name, workerCount, {
      error: "write a mapping from a lost host to the number of workers that stand in for its own",
    })
    .optional(),
  images: z.record(slotName, sha256, { error: "write a mapping from slot to image digest" }).optional(),
});

export type Desired = z.infer<typeof desiredSchema>;

export const defaultDesired: Desired = { version: 1 };

/** An absent file is the defaults. Rejects ConfigError, naming file, key and remedy, if the file is unreadable or wrong. */
export async function readDesired(path: string): Promise<Desired> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw wholeFile(path, error.message, "make the file readable by the user who runs this");
  });
  if (text === undefined) return defaultDesired;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw wholeFile(
      path,
      (error as Error).message,
      "repair the JSON, or delete the file to return to the stack's defaults",
    );
  }
  const parsed = desiredSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigError(problemsOf(parsed.error.issues, raw, () => path));
}

/** There is one writer, the healer. */
export async function writeDesired(path: string, desired: Desired): Promise<void> {
  await replaceFile(path, `${JSON.stringify(desiredSchema.parse(desired), undefined, 2)}\n`);
}

function wholeFile(path: string, found: string, remedy: string): ConfigError {
  return new ConfigError([{ file: path, key: "(the whole file)", found, remedy }]);
}
