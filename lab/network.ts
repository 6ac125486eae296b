/**
 * The wires of a lab. The switch is a bridge in a namespace of its own with one port per machine, so that a dead machine
 * is silence and a cut is a port going down, and the two can be told apart. Every call brings its part to the wanted
 * state from whatever it finds, because `lab up` may have been killed between any two of them.
 */

import { run, runAny } from "../host/run.ts";
import { bridge } from "../infra/facts.ts";
import { type Lab, namespaceOf } from "./lab.ts";
import type { LabHost, LabSite } from "./labSite.ts";
import { ensureNamespace, ip } from "./namespaces.ts";

const switchBridge = "switch";

/** What the switch or a bridge loses, in the words of nft. */
const lossTable = "bridge loss";

/** The interface by which the machines that are no hosts are connected. */
const plainUplink = "eth0";

export async function ensureNetwork(lab: Lab, site: LabSite): Promise<void> {
  await ensureSwitch(lab);
  await Promise.all([
    ...site.hosts.map((host) => ensureHostLink(lab, site, host)),
    ensurePlainMachine(lab, site, "client", site.clientAddress),
    ...(site.witnessAddress === undefined ? [] : [ensurePlainMachine(lab, site, "witness", site.witnessAddress)]),
  ]);
}

async function ensureSwitch(lab: Lab): Promise<void> {
  await ensureNamespace(lab, "switch");
  await ensureBridge(lab, "switch", switchBridge);
  // A fault that nobody mended.
  await rulesOf(lab, "switch", [`add table ${lossTable}`, `delete table ${lossTable}`]);
}

/** A host has its address on a bridge over its uplink, as host preparation leaves it on a real machine. */
async function ensureHostLink(lab: Lab, site: LabSite, host: LabHost): Promise<void> {
  await ensureNamespace(lab, host.name);
  await ensureBridge(lab, host.name, bridge);
  await ensureLink(lab, host.name, host.uplink);
  await ip(lab, host.name, `link set ${host.uplink} master ${bridge} up`);
  await ip(lab, host.name, `address replace ${host.address}/${site.prefixLength} dev ${bridge}`);
  // Faults that nobody mended.
  await setBridgeLoss(lab, host.name, undefined);
  await leaveAddress(lab, host.name, site.vip);
}

async function ensurePlainMachine(lab: Lab, site: LabSite, machine: string, address: string): Promise<void> {
  await ensureNamespace(lab, machine);
  await ensureLink(lab, machine, plainUplink);
  await ip(lab, machine, `address replace ${address}/${site.prefixLength} dev ${plainUplink}`);
  await ip(lab, machine, `link set ${plainUplink} up`);
}

async function ensureBridge(lab: Lab, machine: string, name: string): Promise<void> {
  if (!(await linkExists(lab, machine, name))) {
    await ip(lab, machine, `link add ${name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`);
  }
  await ip(lab, machine, `link set ${name} up`);
}

/** A cable from a machine's interface to the port of the switch that bears the machine's name. */
async function ensureLink(lab: Lab, machine: string, uplink: string): Promise<void> {
  if (!(await linkExists(lab, machine, uplink))) {
    const port = `peer name ${machine} netns ${namespaceOf(lab, "switch")}`;
    await ip(lab, machine, `link add ${uplink} type veth ${port}`);
  }
  await ip(lab, "switch", `link set ${machine} master ${switchBridge} up`);
}

async function linkExists(lab: Lab, machine: string, name: string): Promise<boolean> {
  return (await runAny(["ip", "-n", namespaceOf(lab, machine), "link", "show", "dev", name])).code === 0;
}

/** Cuts or mends a machine's cable at the switch; the machine sees its carrier go. */
export async function setPort(lab: Lab, machine: string, state: "up" | "down"): Promise<void> {
  await ip(lab, "switch", `link set ${machine} ${state}`);
}

/** What the switch loses of a machine's frames: all that go there, all that come from there, or the adverts of VRRP both ways. */
const losses = ["to", "from", "vrrp"] as const;

/**
 * Has the switch lose a part of a machine's frames, or lose it no longer. The carrier stays, as when a transceiver fails in one
 * direction. What passes between machines of one host is not on the wire.
 */
export async function setLoss(
  lab: Lab,
  machine: string,
  loss: (typeof losses)[number],
  isLost: boolean,
): Promise<void> {
  const element = `element ${lossTable} ${loss} { "${machine}" }`;
  await rulesOf(lab, "switch", [
    `add table ${lossTable}`,
    ...losses.map((set) => `add set ${lossTable} ${set} { type ifname; }`),
    `add chain ${lossTable} forward { type filter hook forward priority 0; }`,
    `flush chain ${lossTable} forward`,
    `add rule ${lossTable} forward oifname @to drop`,
    `add rule ${lossTable} forward iifname @from drop`,
    ...["iifname", "oifname"].map((name) => `add rule ${lossTable} forward ${name} @vrrp ip protocol 112 drop`),
    `add ${element}`,
    ...(isLost ? [] : [`delete ${element}`]),
  ]);
}

/**
 * Has a host's bridge lose one frame of so many, or lose none any longer: between its VMs, and whoever they talk to, the host
 * too.
 */
export async function setBridgeLoss(lab: Lab, host: string, oneOf: number | undefined): Promise<void> {
  await rulesOf(lab, host, [`add table ${lossTable}`, `delete table ${lossTable}`]);
  if (oneOf === undefined) return;
  const hooks = ["input", "forward", "output"].flatMap((hook) => [
    `add chain ${lossTable} ${hook} { type filter hook ${hook} priority 0; }`,
    `add rule ${lossTable} ${hook} numgen random mod ${oneOf} 0 drop`,
  ]);
  await rulesOf(lab, host, [`add table ${lossTable}`, ...hooks]);
}

/** Has a host itself take an address on its bridge, or leave it, beside its own. */
export async function takeAddress(lab: Lab, host: string, address: string): Promise<void> {
  await ip(lab, host, `address replace ${address}/32 dev ${bridge}`);
}

export async function leaveAddress(lab: Lab, host: string, address: string): Promise<void> {
  await ip(lab, host, `address flush dev ${bridge} to ${address}/32`);
}

async function rulesOf(lab: Lab, machine: string, rules: readonly string[]): Promise<void> {
  const argv = ["ip", "netns", "exec", namespaceOf(lab, machine), "nft", "--file", "-"];
  await run(argv, { input: rules.join("\n") });
}

/** Takes a host off the wire as a power cut does: it answers nothing any more, not even a ping to its bridge. */
export async function setHostLinks(lab: Lab, host: LabHost, state: "up" | "down"): Promise<void> {
  await ip(lab, host.name, `link set ${host.uplink} ${state}`);
  await ip(lab, host.name, `link set ${bridge} ${state}`);
}

export async function portState(lab: Lab, machine: string): Promise<"up" | "down" | "no carrier"> {
  const shown = await run(["ip", "-j", "-n", namespaceOf(lab, "switch"), "link", "show", "dev", machine]);
  const [link] = JSON.parse(shown) as { flags: string[] }[];
  if (!link?.flags.includes("UP")) return "down";
  return link.flags.includes("LOWER_UP") ? "up" : "no carrier";
}
