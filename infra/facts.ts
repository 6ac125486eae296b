/** The numbers and names that are the same in every site. They are part of the product, not of its configuration. */

/** The name of the project in `Pulumi.yaml`, which is part of every key, of every path of the backend and of every URN. */
export const project = "vigil";

export const bridge = "br0";
export const balancerSlot = "lb-1";

export const workerPort = 8080;
export const balancerPort = 80;
/** A balancer's heartbeat is on 8080; on a worker the service itself has that port. */
export const heartbeatPorts = { worker: 8081, balancer: 8080 } as const;

export const vrrpRouterId = 51;
export const vrrpAdvertMs = 100;
/** The highest that a router which does not own the address may have: a backup waits the longer, the lower its own is. */
export const highestPriority = 254;
export const priorityStep = 10;
/** With a few more the lowest VRRP priority would reach 0, which means "I am leaving". */
export const maxHosts = 20;
export const maxPoolSize = 64;
