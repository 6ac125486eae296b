/** A worker in the pool. */
export interface Upstream {
  readonly address: string;
  readonly port: number;
}

/**
 * The servers of nginx's upstream block. nginx wants at least one: of an empty pool it is nginx's own server on this
 * port, which answers 503. `max_fails=0` because the agent decides who is out, and nginx must not add its own opinion.
 */
export function renderUpstreams(upstreams: readonly Upstream[]): string {
  const servers = upstreams.length > 0 ? upstreams : [{ address: "127.0.0.1", port: 8503 }];
  return servers.map(({ address, port }) => `server ${address}:${port} max_fails=0;\n`).join("");
}
