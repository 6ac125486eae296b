import type { BalancerInput, BalancerSlot } from "./balancerInput.ts";

/**
 * Renders haproxy.cfg for the same pool, as an alternative to nginx and its agent: HAProxy checks the workers itself,
 * about as often as the agent does, but waits longer for an answer. It does not learn which machine answers, so a foreign
 * device on a worker's address goes unnoticed. Nothing installs this file yet.
 */
export function renderHaproxy(plan: BalancerInput, slot: BalancerSlot): string {
  const { requestsAtOnce } = plan.site;
  const limit = requestsAtOnce === undefined ? "" : ` maxconn ${requestsAtOnce}`;
  return `global
  maxconn 4096

defaults
  mode http
  timeout connect 300ms
  timeout client 65s
  timeout server 60s
  timeout queue 2s
  timeout http-keep-alive 65s
  # Two further tries, each on another worker, when those before died under the request.
  option redispatch 1
  retries 2
  retry-on conn-failure empty-response

frontend service
  bind :${slot.servicePort}
  http-response set-header x-vigil-balancer ${slot.id}
  # Answered without any worker, so that it tells of this balancer alone.
  http-request return status 200 content-type text/plain string "ok" hdr x-vigil-balancer ${slot.id} if { path /vigil/balancer/health }
  default_backend workers

backend workers
  balance roundrobin
  # A request that must not run twice moves on only if it was never sent.
  http-request disable-l7-retry unless { method GET HEAD OPTIONS PUT DELETE }
  option httpchk GET /healthz
  http-check expect status 200
  # Two checks without an answer eject, one good one brings back, and the ejection ends the requests that hang there.
  default-server check inter 100ms fastinter 100ms downinter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
  timeout check 250ms
  http-reuse safe
${plan.candidates.map(({ id, address, port }) => `  server ${id.replace("/", "-")} ${address}:${port}${limit}`).join("\n")}
`;
}
