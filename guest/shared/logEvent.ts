/** One JSON line per event on standard output, which the service supervisor keeps. */
export function logEvent(event: string, details: object = {}): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...details })}\n`);
}
