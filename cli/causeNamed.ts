import { type Cause, causes } from "../healer/core/causes.ts";
import { HealerError } from "./healerError.ts";
import type { ShownCause } from "./render/renderCause.ts";

/** By its name in answers, or by its title in sentences. Throws ERR_USAGE with all that there are. */
export function causeNamed(text: string): ShownCause {
  const wanted = text.toLowerCase();
  const all = Object.entries<Cause>(causes);
  const found = all.find(([name, { title }]) => name.toLowerCase() === wanted || title.toLowerCase() === wanted);
  if (found !== undefined) return { name: found[0], ...found[1] };
  const names = all.map(([name]) => name).join(", ");
  throw new HealerError(
    "ERR_USAGE",
    `there is no cause ${text}. Name a host and its machine, as in \`vigil explain bk web-1\`, or one of the causes ${names}.`,
  );
}
