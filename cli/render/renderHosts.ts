import { isNews } from "../../healer/api/hostSchemas.ts";
import type { Status } from "../../healer/api/schemas.ts";
import { hostStatuses } from "../../healer/core/hostStatuses.ts";
import { sinceWhen } from "./words.ts";

/** That other hosts are lost, or on their way back: since when, why it is thought to be, what was done and what happens next. */
export function renderHosts(hosts: Status["hosts"]): string[] {
  return hosts.filter(isNews).flatMap(({ host, status, since, forMs, sentence, done, next }) => {
    const { title } = hostStatuses[status];
    return [`host ${host} is ${title} since ${sinceWhen(since, forMs)}: ${sentence}`, `  ${done}; next: ${next}`];
  });
}
