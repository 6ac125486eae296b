/**
 * `make test` is to come to its end on slow cores, too: emulated guests have been seen to boot five times as
 * slowly on one machine with two of them as on another. From when it began, which it says in VIGIL_TEST_BEGAN_S, what is not one of the faults themselves has a limit;
 * what is left out then is told as skipped. A test that is run by hand has none.
 */
const limitsMin = {
  /** What comes between a fault and its repair, wishes, and whole hosts. With two cores all of it is done by then. */
  scenarios: 45,
  /** The claims of the bench's faults, each once. */
  benchFaults: 68,
} as const;

/** Why it is left out, for `skip`; false if there is time. */
export function isLate(what: keyof typeof limitsMin): string | false {
  const beganS = Number(process.env.VIGIL_TEST_BEGAN_S);
  if (!(beganS > 0)) return false;
  const minutes = Math.floor((Date.now() / 1_000 - beganS) / 60);
  if (minutes < limitsMin[what]) return false;
  return `${minutes} min are over on this machine: \`npm run test:e2e\` leaves nothing out`;
}
