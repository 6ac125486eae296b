/** Where the agent finds and leaves things. Tests move all of it under one folder. */
export function agentPaths(root = "") {
  return {
    node: `${root}/etc/vigil/node.json`,
    balancer: `${root}/etc/vigil/balancer.json`,
    managed: `${root}/etc/vigil/managed.json`,
    upstreams: `${root}/run/nginx/upstreams.conf`,
    refused: `${root}/run/nginx/refused`,
    nginxPid: `${root}/run/nginx/nginx.pid`,
    vrrpState: `${root}/run/vigil/vrrp-state`,
    keepalivedPid: `${root}/run/keepalived.pid`,
    mute: `${root}/run/vigil/mute`,
    isolated: `${root}/run/vigil/isolated`,
    bootTime: `${root}/run/vigil/boot-ms`,
  };
}
