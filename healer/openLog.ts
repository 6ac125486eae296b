import pino, { type Logger } from "pino";

/** What cannot be written waits for space; what comes when so much waits already is lost. The journal has what matters. */
const maxWaitingBytes = 1024 * 1024;

/**
 * The healer's own output, one JSON line per decision. A file system that is full, or a reader that went away, must not
 * end the healer: what cannot be written is no failure of what it is about.
 */
export function openLog(): Logger {
  const output = pino.destination({ dest: 1, sync: true, maxLength: maxWaitingBytes });
  output.on("error", () => {});
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, output);
}
