/**
 * The shape of the `vigil:*` configuration, leaf by leaf. Each leaf says in one sentence what to write instead; rules
 * that relate several leaves are in configChecks.ts. The shape is also what the stack outputs carry as the applied
 * configuration, so it stays plain text and numbers that can be parsed again.
 */
import { z } from "zod";
import { parseAddress, parseRange, parseSubnet } from "./address.ts";
import { bridge, maxHosts, maxPoolSize } from "./facts.ts";

/** A mapping that refuses keys it does not know, and says which ones it does. */
export function mapping<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? `remove it: the keys here are ${keys}` : `write a mapping of ${keys}`,
  });
}

function text(accepts: (text: string) => boolean, remedy: string) {
  return z.string({ error: remedy }).refine(accepts, { error: remedy });
}

function digest(remedy: string) {
  return text((value) => /^[0-9a-f]{64}$/.test(value), remedy);
}

function wholeNumber(min: number, max: number, remedy: string) {
  return z.int({ error: remedy }).min(min, { error: remedy }).max(max, { error: remedy });
}

/** Names become parts of guest hostnames, libvirt names and paths, hence letters, digits and inner hyphens only. */
export const name = text(
  (value) => /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(value),
  "write a name of at most 32 lower-case letters, digits and hyphens that starts with a letter and does not end in a hyphen",
);

const address = text((value) => parseAddress(value) !== undefined, "write an IPv4 address such as 192.168.10.1");

const subnet = text(
  (value) => parseSubnet(value) !== undefined,
  "write the network address and a prefix length from 8 to 29, such as 192.168.10.0/24",
);

const pool = text((value) => {
  const parsed = parseRange(value);
  return parsed !== undefined && parsed.size <= maxPoolSize;
}, `write the first and the last address, such as 192.168.10.10-192.168.10.16, at most ${maxPoolSize} of them`);

/** The kernel's limit for an interface name is 15 characters. */
const uplink = text(
  (value) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/.test(value) && value !== bridge,
  `write the name of the network interface on the site's subnet as \`ip link\` shows it, other than ${bridge}`,
);

export const sha256 = digest("write a sha256 digest: 64 lower-case hexadecimal digits");

export const workerCount = wholeNumber(0, maxPoolSize - 1, `write a number of workers from 0 to ${maxPoolSize - 1}`);

function amount(what: string) {
  return wholeNumber(1, 1_000_000_000, `write ${what} as a whole number above 0`);
}

/** What the workers of a host may take together: without the host's own share and its balancer's. */
export const roomSchema = mapping({
  memoryMib: amount("the memory that all workers of the host may have, in MiB,"),
  vcpus: amount("the virtual CPUs that all workers of the host may have"),
  diskMib: amount("the disk space that all workers of the host may fill, in MiB,"),
});

export const hostSchema = mapping({
  address,
  uplink,
  pool,
  /** At least so many workers, whatever its own stack says: the other stacks count on them. */
  workers: workerCount.optional(),
  room: roomSchema.optional(),
  linkMbps: amount("the rate of the uplink in Mb/s").optional(),
});

/** What one worker serves at least and takes at most, on whichever host. */
export const measuredWorkerSchema = mapping({
  requestsPerSecond: amount("the requests per second that one worker serves"),
  memoryMib: amount("the memory of one worker in MiB"),
  vcpus: amount("the virtual CPUs of one worker"),
  diskMib: amount("the disk space that one worker may fill, in MiB,"),
});

/** What has to be left when any one host is lost. */
const survivalSchema = mapping({
  requestsPerSecond: amount("the requests per second that must still be served when a host is lost"),
  worker: measuredWorkerSchema,
  /** What comes in for the service's address. */
  inboundMbps: amount("what clients send to the service's address, in Mb/s,").optional(),
});

const hosts = z
  .record(name, hostSchema, { error: "write a mapping from host name to address, uplink and pool" })
  .refine((value) => Object.keys(value).length >= 1 && Object.keys(value).length <= maxHosts, {
    error: `describe 1 to ${maxHosts} hosts: each needs a VRRP priority of its own`,
  });

export const siteSchema = mapping({
  name,
  subnet,
  vip: address,
  witness: address.optional(),
  hosts,
  /** What is beyond that is answered 503 at once. Without it nothing is, and what is beyond waits. */
  requestsAtOnce: amount("how many requests each worker is given at once").optional(),
  survival: survivalSchema.optional(),
  /** Hosts whose loss may end the service, or leave less of it than `survival` asks for. */
  acceptLossOf: z.array(name, { error: "write a list of hosts, such as [bk]" }).optional(),
});

const vmSizeSchema = mapping({
  memoryMib: wholeNumber(
    96,
    1024 * 1024,
    "write the memory of the VM in MiB, at least 96: below that the guest does not boot",
  ),
  vcpus: wholeNumber(1, 64, "write a number of virtual CPUs from 1 to 64"),
});

const libvirtUri = text(
  (value) => /^qemu(\+[a-z]+)?:\/\//.test(value),
  "write qemu:///system, the libvirt of the host itself",
);

/**
 * The keys are those of the stack's configuration without the `vigil:`; the one key of another namespace keeps its
 * full name.
 */
export const stackConfigSchema = mapping({
  site: siteSchema,
  host: name,
  workers: workerCount,
  worker: vmSizeSchema,
  balancer: vmSizeSchema,
  accelerator: z.enum(["kvm", "tcg"], {
    error: "write kvm or tcg, or let `vigil host prepare HOST` probe the machine and write it",
  }),
  image: digest("let `vigil host prepare HOST` write it: the sha256 of the golden image of this machine"),
  "libvirt:uri": libvirtUri,
});

export type SiteConfig = z.infer<typeof siteSchema>;
export type StackConfig = z.infer<typeof stackConfigSchema>;
