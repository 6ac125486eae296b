import type { RepairFailure } from "../core/events.ts";

/** A repair that came to nothing, with the code that the core decides by, and one sentence. */
export class RepairError extends Error {
  readonly code: RepairFailure;

  constructor(code: RepairFailure, message: string) {
    super(message);
    this.name = "RepairError";
    this.code = code;
  }
}
