/**
 * What a small number of measured runs allows one to say. With so few samples a high percentile is just the maximum, so
 * a figure is never shown without its n and a bound on what it may hide.
 */
export interface Summary {
  readonly n: number;
  readonly min: number;
  readonly median: number;
  /** Distribution-free bounds of the median; absent below six samples, where no pair of them reaches the confidence. */
  readonly medianInterval?: Interval;
  readonly p95: number;
  readonly max: number;
  /**
   * With 95 % confidence, at most this share of further runs would exceed the maximum seen (0 of 20 still allows 14 %).
   */
  readonly beyondMaxBound: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const confidence = 0.95;

export function summarize(values: readonly number[]): Summary | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  const medianInterval = boundMedian(sorted);
  return {
    n: sorted.length,
    min,
    median: quantile(sorted, 0.5),
    ...(medianInterval === undefined ? {} : { medianInterval }),
    p95: quantile(sorted, 0.95),
    max,
    beyondMaxBound: rateUpperBound(0, sorted.length),
  };
}

/** Linear interpolation between order statistics; `sorted` ascends and is not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = at(sorted, Math.floor(position));
  const above = at(sorted, Math.ceil(position));
  // Between two infinite samples there is no distance to interpolate.
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
}

/** The narrowest symmetric pair of order statistics that holds the true median with 95 % confidence. */
export function boundMedian(sorted: readonly number[]): Interval | undefined {
  const n = sorted.length;
  for (let rank = Math.floor((n - 1) / 2); rank >= 0; rank--) {
    // The median lies outside the pair if at most `rank` samples fall on one of its two sides.
    if (2 * binomialAtMost(rank, n, 0.5) <= 1 - confidence) {
      return { low: at(sorted, rank), high: at(sorted, n - 1 - rank) };
    }
  }
  return undefined;
}

/** One-sided Clopper-Pearson: the largest true rate that still gives as few as `hits` of `n` in 5 % of all series. */
export function rateUpperBound(hits: number, n: number): number {
  if (hits >= n) return 1;
  let [low, high] = [hits / n, 1];
  const halvings = 60;
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (binomialAtMost(hits, n, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return high;
}

/** How often it happened, and how often it may happen yet, for all that so many trials can tell. */
export function boundedShare(hits: number, n: number): string {
  return `${hits} of ${n}; with 95 % confidence below ${(100 * rateUpperBound(hits, n)).toFixed(3)} %`;
}

/** P(X <= hits) of n trials. Summed in logarithms, since 0.5^n underflows for long series. */
function binomialAtMost(hits: number, n: number, rate: number): number {
  if (rate >= 1) return hits >= n ? 1 : 0;
  let logTerm = n * Math.log1p(-rate);
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= hits; k++) {
    logTerm += Math.log((n - k + 1) / k) + Math.log(rate) - Math.log1p(-rate);
    sum += Math.exp(logTerm);
  }
  return Math.min(sum, 1);
}

function at(sorted: readonly number[], index: number): number {
  const value = sorted[index];
  if (value === undefined) throw new RangeError(`no sample ${index} among ${sorted.length}`);
  return value;
}
