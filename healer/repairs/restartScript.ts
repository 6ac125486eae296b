/** What of each service lives on if its supervisor is gone, as `pkill` of the guest finds it. */
const remains: Readonly<Record<string, string>> = {
  "vigil-stateless": "-f /usr/lib/vigil/stateless.cjs",
  "vigil-agent": "-f /usr/lib/vigil/agent.cjs",
  nginx: "-x nginx",
  keepalived: "-x keepalived",
};

/** A service that ends as it should needs less; one that hangs never answers, and its requests are lost already. */
const stopTimeoutS = 3;

/**
 * A script for the guest that really brings a service back. A stopped or hung process ignores what a restart asks of it,
 * and one whose supervisor was killed keeps the port; so what is left after a moment is killed, and the record of the
 * service is cleared before it is started. It fails if the service does not run afterwards.
 */
export function restartScript(service: string): string {
  const remaining = remains[service];
  if (remaining === undefined) throw new Error(`no service of a guest is called ${service}`);
  return `
timeout -s KILL ${stopTimeoutS} rc-service -q ${service} stop
pkill -KILL -f 'supervise-daemon ${service}( |$)'
pkill -KILL ${remaining}
rc-service -q ${service} zap
rc-service -q ${service} start || exit 1
sleep 0.3
rc-service -q ${service} status
`;
}
