/**
 * How the guest's `pgrep` and `pkill` find the processes of each service. BusyBox compares a name alone with the first
 * word of the command line, which nginx rewrites, so that the beginning of the whole line is given.
 */
const remains: Readonly<Record<string, string>> = {
  "vigil-stateless": "-f '^/usr/bin/node /usr/lib/vigil/stateless.cjs'",
  "vigil-agent": "-f '^/usr/bin/node /usr/lib/vigil/agent.cjs'",
  nginx: "-f '^nginx: |^/usr/sbin/nginx'",
  keepalived: "-f '^/usr/sbin/keepalived'",
};

/** A service that ends as it should needs less; one that hangs never answers, and its requests are lost already. */
const stopS = 3;

/**
 * A script for the guest that really brings a service back. A stopped or hung process ignores what a restart asks of it,
 * one whose supervisor was killed keeps the port, and a stop by OpenRC that is given up holds the service's lock. So the
 * supervisor goes first, then the service, which may end by itself for a moment; the record of the service is cleared,
 * and it is started. The script fails if the service does not run afterwards.
 */
export function restartScript(service: string): string {
  const remaining = remains[service];
  if (remaining === undefined) throw new Error(`no service of a guest is called ${service}`);
  return `
pkill -KILL -f 'supervise-daemon ${service}( |$)'
pkill -TERM ${remaining}
read -r up _ </proc/uptime; until=$((\${up%%.*} + ${stopS}))
while pgrep ${remaining} >/dev/null && read -r up _ </proc/uptime && [ "\${up%%.*}" -lt "$until" ]; do sleep 0.1; done
pkill -KILL ${remaining}
rc-service -q ${service} zap
rc-service -q ${service} start || exit 1
sleep 0.3
pgrep ${remaining} >/dev/null && rc-service -q ${service} status
`;
}
