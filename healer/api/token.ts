import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { replaceFile } from "../../infra/replaceFile.ts";

const tokenBytes = 32;
const form = /^[A-Za-z0-9_-]{43}$/;
/** Anybody but the owner. */
const others = 0o077;

export interface Token {
  readonly token: string;
  /** Whether it was made now. */
  readonly isNew: boolean;
}

/**
 * The token that the API asks for. It is made if it is not there, and made anew if others could read it, because then it
 * is no secret any more. Rejects, naming the file and never its content, if what is there is no token.
 */
export async function ensureToken(path: string): Promise<Token> {
  const found = await readToken(path);
  if (found !== undefined) return { token: found, isNew: false };
  const token = randomBytes(tokenBytes).toString("base64url");
  await replaceFile(path, `${token}\n`, { mode: 0o600 });
  return { token, isNew: true };
}

/** Undefined if there is none that could be trusted. */
async function readToken(path: string): Promise<string | undefined> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    if (((await file.stat()).mode & others) !== 0) return undefined;
    const token = (await file.readFile("utf8")).trim();
    if (form.test(token)) return token;
    throw new Error(`${path} holds no token: remove it, and the healer makes a new one when it starts.`);
  } finally {
    await file.close();
  }
}
