/** What can go wrong with asking a healer without being a bug. The command line turns each code into an exit code. */
export type HealerErrorCode = "ERR_NO_HEALER" | "ERR_NOT_NOW" | "ERR_NO_ROOM" | "ERR_REFUSED" | "ERR_USAGE";

export class HealerError extends Error {
  readonly code: HealerErrorCode;

  constructor(code: HealerErrorCode, message: string) {
    super(message);
    this.name = "HealerError";
    this.code = code;
  }
}
