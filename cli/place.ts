import { realpathSync } from "node:fs";
import { join } from "node:path";
import { cacheDirOf } from "../host/hostEnvironment.ts";

/** The checkout that this command is part of. */
export const checkout = realpathSync(join(import.meta.dirname, ".."));

export const cacheDir = cacheDirOf(process.env);
