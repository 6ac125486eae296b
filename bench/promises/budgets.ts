/**
 * What is promised for each fault: what fails at most, what waits over 1 s at most, how long until the address answers
 * again or the machine is rebuilt, and what must never happen. `docs/failure-budget.md` is made of this and of the
 * committed results; `make bench-check` compares them.
 *
 * A result is one file of `results/`. One that was measured by several methods has one pair for each of them, ours as
 * `vigil`. A further method is shown beside it without a word here.
 */

import { faultBudgets } from "./faults.ts";
import { hostBudgets } from "./hosts.ts";
import type { Budget } from "./promise.ts";
import { stressBudgets } from "./stress.ts";
import { wishBudgets } from "./wishes.ts";

export const budgets: readonly Budget[] = [...faultBudgets, ...hostBudgets, ...wishBudgets, ...stressBudgets];
