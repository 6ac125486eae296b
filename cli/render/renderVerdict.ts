import type { Status } from "../../healer/api/schemas.ts";
import { sinceWhen } from "./words.ts";

const verdicts: Readonly<Record<Status["verdict"], string>> = {
  fine: "is fine",
  degraded: "is degraded",
  down: "is down",
  drained: "is drained",
  unknown: "is not known yet",
};

/** Whether a host is fine, since when and why, and what happens next: three lines, however long. */
export function renderVerdict({ host, verdict, what, since, forMs, why, next }: Status): [string, string, string] {
  return [`${host} ${verdicts[verdict]}: ${what}`, `since ${sinceWhen(since, forMs)}: ${why}`, `next: ${next}`];
}
