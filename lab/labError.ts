/** What can go wrong with a lab without being a bug. The command line turns each code into an exit code. */
export type LabErrorCode = "ERR_LAB_NOT_UP" | "ERR_LAB_BUSY" | "ERR_LAB_FOREIGN" | "ERR_LAB_FAILED" | "ERR_USAGE";

export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string) {
    super(message);
    this.name = "LabError";
    this.code = code;
  }
}
