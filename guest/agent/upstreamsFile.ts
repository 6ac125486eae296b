/** A worker in the pool. */
export interface Upstream {
  readonly address: string;
  readonly port: number;
  /** How many requests it is given at once; any number if absent. */
  readonly maxConns?: number | undefined;
}

/** As many as a request has (`proxy_next_upstream_tries` in nginx.conf). */
const triesPerRequest = 3;
/** nginx's own server that answers 503 for an empty pool, since nginx wants at least one. */
const noWorker: Upstream = { address: "127.0.0.1", port: 8503 };

/**
 * The servers of nginx's upstream block. `max_fails=0` because the agent decides who is out, and nginx must not add its
 * own opinion. nginx tries each server once per request: a lone worker, which nobody can take the place of, is named as
 * often as a request has tries, so that one connect that is lost on the way does not fail it. The names share its limit.
 */
export function renderUpstreams(upstreams: readonly Upstream[]): string {
  const [first = noWorker, ...others] = upstreams;
  const isLone = first !== noWorker && others.length === 0;
  return (isLone ? namedAgain(first) : [first, ...others]).map(renderServer).join("");
}

function namedAgain(worker: Upstream): Upstream[] {
  const { maxConns } = worker;
  const names = Math.min(triesPerRequest, maxConns ?? triesPerRequest);
  return Array.from({ length: names }, (_, index) => ({
    ...worker,
    maxConns: maxConns && Math.floor((maxConns + index) / names),
  }));
}

function renderServer({ address, port, maxConns }: Upstream): string {
  const limit = maxConns === undefined ? "" : ` max_conns=${maxConns}`;
  return `server ${address}:${port} max_fails=0${limit};\n`;
}
