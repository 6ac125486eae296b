/** One instant on the healer's monotonic clock, by which it thinks, and on the wall's, by which persons do. */
export interface Moment {
  readonly nowMs: number;
  readonly wallMs: number;
}

export function momentNow(): Moment {
  return { nowMs: performance.now(), wallMs: Date.now() };
}

/** When something was or will be, by the wall's clock as it is now. */
export function wallTime({ nowMs, wallMs }: Moment, atMs: number): string {
  return new Date(wallMs - nowMs + atMs).toISOString();
}

/** How long ago something was, or how long it is still to come; never below nothing. */
export function distanceMs({ nowMs }: Moment, atMs: number): number {
  return Math.round(Math.abs(nowMs - atMs));
}
