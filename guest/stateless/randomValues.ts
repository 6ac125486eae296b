import type { NumberParameter } from "./numberParameters.ts";
import { Problem } from "./problem.ts";
import { type Route, route } from "./route.ts";

const greatestFloat = 3.4028234663852886e38;
const bounds = (
  type: NumberParameter["type"],
  minimum: number,
  maximum: number,
  defaults: readonly [number, number],
) => ({
  min: { type, minimum, maximum, default: defaults[0], description: "The least value, itself possible." },
  max: { type, minimum, maximum, default: defaults[1], description: "The greatest value; not below min." },
});

/** The service itself: random values. `random` draws evenly from [0, 1), as Math.random does. */
export function randomRoutes(random: () => number = Math.random): Route[] {
  const integer = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  // Weighing both ends cannot overflow, which max - min can.
  const real = (min: number, max: number) => {
    const share = random();
    return Math.min(max, Math.max(min, min * (1 - share) + max * share));
  };

  return [
    route({
      method: "GET",
      path: "/random/number",
      summary: "A whole number from 0 to 99",
      answers: { type: "integer" },
      answer: () => ({ value: integer(0, 99) }),
    }),
    route({
      method: "GET",
      path: "/random/boolean",
      summary: "True with the given probability",
      parameters: {
        probability: { type: "number", minimum: 0, maximum: 1, default: 0.5, description: "How likely true is." },
      },
      answers: { type: "boolean" },
      answer: ({ query }) => ({ value: random() < query.probability }),
    }),
    route({
      method: "GET",
      path: "/random/int",
      summary: "A whole number between two bounds",
      // Within these, the width of the range is still a safe integer.
      parameters: bounds("integer", -(2 ** 52) + 1, 2 ** 52 - 1, [0, 2 ** 31 - 1]),
      answers: { type: "integer" },
      answer: ({ query }) => ({ value: integer(...ordered(query)) }),
    }),
    route({
      method: "GET",
      path: "/random/float",
      summary: "A number of single precision between two bounds",
      parameters: bounds("number", -greatestFloat, greatestFloat, [0, 1]),
      answers: { type: "number", format: "float" },
      answer: ({ query }) => ({ value: roundInside(...ordered(query), real(...ordered(query))) }),
    }),
    route({
      method: "GET",
      path: "/random/double",
      summary: "A number of double precision between two bounds",
      parameters: bounds("number", -Number.MAX_VALUE, Number.MAX_VALUE, [0, 1]),
      answers: { type: "number", format: "double" },
      answer: ({ query }) => ({ value: real(...ordered(query)) }),
    }),
  ];
}

function ordered({ min, max }: { readonly min: number; readonly max: number }): [number, number] {
  if (min <= max) return [min, max];
  throw new Problem(400, "Bad Request", [
    { parameter: "min", found: `${min}`, expected: `at most max, which is ${max}` },
  ]);
}

/** Rounds to single precision without leaving the bounds, which rounding to the nearest float may do by half a step. */
function roundInside(min: number, max: number, value: number): number {
  return Math.min(max, Math.max(min, Math.fround(value)));
}
