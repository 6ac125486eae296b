import type { BalancerSlot } from "./balancerInput.ts";

/** Where nginx answers "no worker serves" to itself: the agent names it as the only upstream of an empty pool. */
export const emptyPoolPort = 8503;

/**
 * Renders nginx.conf of a balancer. It names no worker: the agent writes the checked ones to /run/nginx/upstreams.conf
 * and reloads nginx, so that neither a new nor a dead worker ever changes a managed file. Needs nginx 1.27.4 or newer.
 */
export function renderNginx(slot: BalancerSlot): string {
  return `user nginx;
# The machine has one processor; a second process would only share it.
worker_processes 1;
worker_rlimit_nofile 8192;
pid /run/nginx/nginx.pid;
# Every failed try of a request is an "error" line: with a dead worker under load they would fill the disk. The agent
# reports each worker that comes or goes, with the reason.
error_log /var/log/nginx/error.log crit;
# The agent's reloads leave the old process to finish its requests; longer than any of them may take.
worker_shutdown_timeout 70s;

events {
  worker_connections 4096;
}

http {
  access_log off;
  default_type application/octet-stream;
  server_tokens off;
  tcp_nodelay on;

  client_body_temp_path /var/lib/nginx/client_body;
  proxy_temp_path /var/lib/nginx/proxy;

  keepalive_timeout 65s;
  # A reload must not close a connection on which a client is just sending its next request: measured with 50 such
  # clients, every reload failed one request without this line.
  keepalive_min_timeout 2s;

  # The agent ejects (max_fails=0 in the file): nginx's own count would turn a hiccup of all workers into an outage of
  # its fail_timeout, and one slow request into an ejection.
  upstream workers {
    zone workers 128k;
    include /run/nginx/upstreams.conf;
    keepalive 64;
    # Shorter than the workers' own 75 s, so that nginx never sends on a connection that its worker is closing.
    keepalive_timeout 30s;
  }

  # The same pool over fresh connections. A request that must not run twice cannot be repeated once it was sent; on a
  # kept connection to a dead worker it would be sent into the void, on a fresh one the connect fails before that.
  upstream workersAfresh {
    zone workersAfresh 128k;
    include /run/nginx/upstreams.conf;
  }

  map $request_method $pool {
    default workers;
    POST workersAfresh;
    PATCH workersAfresh;
    LOCK workersAfresh;
  }
  map $request_method $toWorker {
    default "";
    POST close;
    PATCH close;
    LOCK close;
  }

  # Where nginx says that it tried the pool itself, no worker was free. Behind the address of a worker that means that this
  # one has died under the request: it may have run, which matters for those that may run only once.
  map $upstream_addr $isRefused {
    default 0;
    "~(^|[ ,])workers$" 1;
    workersAfresh 1;
  }
  map $isRefused $retryAfter {
    1 1;
  }
  log_format refused ".";

  server {
    listen ${slot.servicePort} default_server backlog=1024;
    add_header x-vigil-balancer ${slot.id} always;

    # The agent asks here whether this balancer works. No worker is involved, or one bad release of the service would
    # take the address from every balancer.
    location = /vigil/balancer/health {
      default_type text/plain;
      return 200 "ok\\n";
    }

    location / {
      proxy_pass http://$pool;
      proxy_http_version 1.1;
      proxy_set_header Connection $toWorker;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;

      # A worker on the same cable answers a connect within a millisecond; one that does not is gone.
      proxy_connect_timeout 300ms;
      # Silence after that is the agent's business: it drops the connections to a worker that answers no check. This
      # only ends what nobody else has ended.
      proxy_read_timeout 60s;
      proxy_send_timeout 10s;

      # A request moves on only when its worker died under it, and never if it is one that must not run twice (nginx's
      # rule unless "non_idempotent" is given). It may do so twice, since two workers of one host die together. The total
      # is below the read time-out, so a slow request is never repeated; one that kills its worker kills three at most.
      proxy_next_upstream error timeout;
      proxy_next_upstream_tries 3;
      proxy_next_upstream_timeout 10s;

      error_page 502 = @unserved;
    }

    # Each worker is given as many requests at once as the agent's file says (max_conns). Whatever is beyond that would
    # wait for longer than its client does, and cost a worker the time that others need: it is refused at once. Each
    # refusal is a line of a file in memory, by whose length the agent counts them.
    location @unserved {
      internal;
      types {}
      default_type text/plain;
      add_header x-vigil-balancer ${slot.id} always;
      add_header Retry-After $retryAfter always;
      add_header Cache-Control no-store always;
      access_log /run/nginx/refused refused buffer=4k flush=1s if=$isRefused;
      if ($isRefused) {
        return 503 "No worker is free to take this request: ask again.\n";
      }
      return 502 "The worker went away under this request, which may have run.\n";
    }
  }

  # The empty pool: a plain 503, told apart from the 502 and 504 of a request whose workers failed.
  server {
    listen 127.0.0.1:${emptyPoolPort};
    root /usr/share/vigil;
    error_page 503 /unavailable.html;
    location / {
      return 503;
    }
    location = /unavailable.html {
      internal;
      default_type text/html;
      add_header Retry-After 1 always;
      add_header Cache-Control no-store always;
    }
  }
}
`;
}
