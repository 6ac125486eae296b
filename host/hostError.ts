/** Something that a person has to put right on the host before it can be used. */
export class HostError extends Error {
  override readonly name = "HostError";
}
