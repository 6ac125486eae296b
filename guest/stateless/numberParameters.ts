import { type Fault, Problem } from "./problem.ts";

/**
 * A number in the query string, stated the way JSON Schema states it: the same object checks a request and stands in the
 * OpenAPI document, so the two cannot disagree.
 */
export interface NumberParameter {
  readonly type: "integer" | "number";
  readonly minimum: number;
  readonly maximum: number;
  readonly default: number;
  readonly description: string;
}

export type NumberParameters = Readonly<Record<string, NumberParameter>>;
export type Numbers<P extends NumberParameters> = { readonly [K in keyof P]: number };

const decimal = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Throws a Problem that names every fault of the query, unknown and repeated parameters included. */
export function parseNumbers<P extends NumberParameters>(parameters: P, query: URLSearchParams): Numbers<P> {
  const faults: Fault[] = [];
  const known = Object.keys(parameters);
  for (const key of new Set(query.keys())) {
    const found = query.getAll(key);
    if (!known.includes(key)) faults.push({ parameter: key, found: "unknown", expected: expectedNames(known) });
    else if (found.length > 1) faults.push({ parameter: key, found: `given ${found.length} times`, expected: "once" });
  }
  const numbers = Object.entries(parameters).map(([key, parameter]): [string, number] => {
    const text = query.get(key);
    const value = text === null ? parameter.default : toNumber(text, parameter);
    if (value === undefined) faults.push({ parameter: key, found: JSON.stringify(text), expected: range(parameter) });
    return [key, value ?? parameter.default];
  });
  if (faults.length > 0) throw new Problem(400, "Bad Request", faults);
  return Object.fromEntries(numbers) as Numbers<P>;
}

function toNumber(text: string, { type, minimum, maximum }: NumberParameter): number | undefined {
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  if (type === "integer" && !Number.isSafeInteger(value)) return undefined;
  return value >= minimum && value <= maximum ? value : undefined;
}

function range({ type, minimum, maximum }: NumberParameter): string {
  return `${type === "integer" ? "an integer" : "a number"} from ${minimum} to ${maximum}`;
}

function expectedNames(names: readonly string[]): string {
  return names.length === 0 ? "no parameter" : names.join(" or ");
}
