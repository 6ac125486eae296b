import type { Asked } from "../../cli/demo/askOnAndOn.ts";

/**
 * Requests that were refused, cut, or answered with an error. Those that were only late are left out: how late an answer
 * may be is judged by the bench, on a machine that makes no other one meanwhile.
 */
export function refused(asked: readonly Asked[]): Asked[] {
  return asked.filter(({ problem }) => problem !== undefined && !/timed? ?out/i.test(problem));
}
