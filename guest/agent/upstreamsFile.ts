/** A worker in the pool. */
export interface Upstream {
  readonly address: string;
  readonly port: number;
  /** How many requests it is given at once; any number if absent. */
  readonly maxConns?: number | undefined;
}

/**
 * The servers of nginx's upstream block. nginx wants at least one: of an empty pool it is nginx's own server on this
 * port, which answers 503. `max_fails=0` because the agent decides who is out, and nginx must not add its own opinion.
 */
export function renderUpstreams(upstreams: readonly Upstream[]): string {
  const servers: readonly Upstream[] = upstreams.length > 0 ? upstreams : [{ address: "127.0.0.1", port: 8503 }];
  return servers.map(renderServer).join("");
}

function renderServer({ address, port, maxConns }: Upstream): string {
  const limit = maxConns === undefined ? "" : ` max_conns=${maxConns}`;
  return `server ${address}:${port} max_fails=0${limit};\n`;
}
