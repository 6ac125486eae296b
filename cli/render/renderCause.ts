import { spellDuration } from "../../healer/api/spellDuration.ts";
import type { Cause } from "../../healer/core/causes.ts";
import { limitsFor } from "../../healer/core/limits.ts";

export interface ShownCause extends Cause {
  readonly name: string;
}

/** A row of the table of causes: what it is known by, and what is done about it. */
export function renderCause({ name, title, subject, evidence, repairs, patience, because, fault }: ShownCause): string {
  const lines = [
    `${title} (${name}), of a ${subject}`,
    `known by:  ${evidence}`,
    `repairs:   ${repairs.length === 0 ? "none; a person is told" : repairs.join(", then ")}`,
    ...(repairs.length === 0 ? [] : [`waits:     ${patience === 0 ? "not at all" : patienceOf(patience)}`]),
    ...(because === "" ? [] : [`because:   ${because}`]),
    ...(fault === undefined ? [] : [`in a lab:  vigil lab break HOST ${fault} SLOT`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** An emulated machine is given more time for what it computes itself. */
function patienceOf(patience: Exclude<Cause["patience"], 0>): string {
  const [kvm, tcg] = [limitsFor.kvm, limitsFor.tcg].map((limits) => spellDuration(limits[patience]));
  return kvm === tcg ? `${kvm}` : `${kvm}; ${tcg} where machines are emulated`;
}
