const rounds = 20_000_000;
const repeats = 5;

/**
 * The time on the clock, in the median of some repeats, of a fixed piece of work on one core: 20 million rounds of a small
 * generator of numbers, which need no memory and no kernel. It takes about a second in all, and nothing else of this
 * process runs meanwhile.
 */
export function cpuWorkMs(): number {
  // The first time is not counted: its machine code is still being made.
  const [, ...times] = Array.from({ length: repeats + 1 }, (_, seed) => timeOfWork(seed + 1));
  return times.sort((one, other) => one - other)[Math.floor(repeats / 2)] ?? Number.NaN;
}

function timeOfWork(seed: number): number {
  const startMs = performance.now();
  let x = seed;
  for (let round = 0; round < rounds; round++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  // The result is used, or there would be nothing to compute: this generator never reaches zero.
  if (x === 0) throw new RangeError("a xorshift from a seed above zero has reached zero");
  return performance.now() - startMs;
}
