/** One thing that is wrong with a request. */
export interface Fault {
  readonly parameter: string;
  readonly found: string;
  readonly expected: string;
}

/** A request that cannot be answered as it is. The server turns it into a problem document (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly faults: readonly Fault[];

  constructor(status: number, title: string, faults: readonly Fault[] = []) {
    super(faults.map(({ parameter, found, expected }) => `${parameter} is ${found}; expected ${expected}`).join("; "));
    this.status = status;
    this.title = title;
    this.faults = faults;
  }

  toJSON(): object {
    return {
      type: "about:blank",
      title: this.title,
      status: this.status,
      ...(this.faults.length === 0 ? {} : { detail: this.message, errors: this.faults }),
    };
  }
}
