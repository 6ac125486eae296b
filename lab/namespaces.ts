import { run } from "../host/run.ts";
import { type Lab, namespaceOf, namespacePrefix } from "./lab.ts";

/**
 * Settings of every network of the lab. Bridged frames stay out of netfilter, as on a host that was prepared for
 * bridging, and IPv6 is off because its chatter would stand in every capture.
 */
const settings = [
  "net.ipv6.conf.all.disable_ipv6=1",
  "net.ipv6.conf.default.disable_ipv6=1",
  "net.bridge.bridge-nf-call-iptables=0",
  "net.bridge.bridge-nf-call-arptables=0",
];

export async function ensureNamespace(lab: Lab, machine: string): Promise<void> {
  const namespace = namespaceOf(lab, machine);
  if (!(await namespacesOf(lab)).includes(namespace)) await run(["ip", "netns", "add", namespace]);
  // The bridge settings exist only where the kernel has the netfilter code for bridges; without it nothing is to be done.
  await run(["ip", "netns", "exec", namespace, "sysctl", "-q", "-e", "-w", ...settings]);
  await ip(lab, machine, "link set lo up");
}

export async function namespacesOf(lab: Lab): Promise<string[]> {
  const listed = await run(["ip", "netns", "list"]);
  const names = listed.split("\n").map((line) => line.split(" ")[0] ?? "");
  return names.filter((name) => name.startsWith(namespacePrefix(lab)));
}

export async function deleteNamespace(namespace: string): Promise<void> {
  await run(["ip", "netns", "delete", namespace]);
}

/** Runs `ip` in the network of one machine. */
export async function ip(lab: Lab, machine: string, command: string): Promise<void> {
  await run(["ip", "-n", namespaceOf(lab, machine), ...command.split(" ")]);
}
