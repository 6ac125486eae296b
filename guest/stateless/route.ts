import type { NumberParameters, Numbers } from "./numberParameters.ts";

/** What an operation is called with. */
export interface Call<P extends NumberParameters = NumberParameters> {
  readonly query: Numbers<P>;
  /** The JSON body of a POST, not yet checked. */
  readonly body: unknown;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

/** One operation: how it is called, how it is described and what it answers. */
export interface Operation<P extends NumberParameters> {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly summary: string;
  readonly parameters?: P;
  /** JSON Schema of the body, if the operation takes one. */
  readonly body?: object;
  /** JSON Schema of `value` in the answer, or of the whole answer where `wholeAnswer` is set. */
  readonly answers: object;
  readonly wholeAnswer?: true;
  answer(call: Call<P>): object | Promise<object>;
}

export type Route = Operation<NumberParameters>;

/** Lets a route be written with the exact names of its parameters and be kept in one list with the others. */
export function route<P extends NumberParameters>(operation: Operation<P>): Route {
  return operation as unknown as Route;
}
