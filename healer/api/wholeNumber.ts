import { z } from "zod";

const digits = /^-?\d+$/;

/** A whole number as it stands in a URL or a header. Coercion would also take nothing at all, `0x10` and `1e3` for one. */
export function wholeNumber<Schema extends z.ZodNumber>(schema: Schema) {
  return z.preprocess((text) => (typeof text === "string" && digits.test(text) ? Number(text) : text), schema);
}
