/**
 * IPv4 arithmetic, no more than a plan needs. Addresses are unsigned 32-bit numbers inside and dotted text outside.
 * The parsers take any value and answer undefined for what they cannot read, so that the configuration checks can go
 * on with the other values and report everything at once.
 */
import { isIPv4 } from "node:net";

export interface Subnet {
  readonly network: number;
  readonly broadcast: number;
  readonly prefixLength: number;
  readonly netmask: string;
}

/** An inclusive range of addresses. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
  readonly size: number;
}

export function parseAddress(text: unknown): number | undefined {
  if (typeof text !== "string" || !isIPv4(text)) return undefined;
  return text.split(".").reduce((address, octet) => address * 256 + Number(octet), 0);
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/**
 * Reads a network of /8 (below that MACs are no longer unique) to /29 (beyond that two hosts and a balancer each have no
 * room). Accepts only the address of the network itself: `192.168.10.7/24` is more often a mistake than a wish.
 */
export function parseSubnet(text: unknown): Subnet | undefined {
  const [, addressText, prefixText] = (typeof text === "string" && /^([\d.]+)\/(\d{1,2})$/.exec(text)) || [];
  const network = parseAddress(addressText);
  const prefixLength = Number(prefixText);
  if (network === undefined || prefixLength < 8 || prefixLength > 29) return undefined;
  const size = 2 ** (32 - prefixLength);
  if (network % size !== 0) return undefined;
  return { network, broadcast: network + size - 1, prefixLength, netmask: formatAddress(2 ** 32 - size) };
}

export function parseRange(text: unknown): AddressRange | undefined {
  const [, firstText, lastText] = (typeof text === "string" && /^([\d.]+)-([\d.]+)$/.exec(text)) || [];
  const first = parseAddress(firstText);
  const last = parseAddress(lastText);
  if (first === undefined || last === undefined || last < first) return undefined;
  return { first, last, size: last - first + 1 };
}

export function rangeContains(range: AddressRange, address: number): boolean {
  return range.first <= address && address <= range.last;
}

export function rangesOverlap(one: AddressRange, other: AddressRange): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** An address that a machine may carry: inside the subnet, and neither the network nor the broadcast address. */
export function isHostAddress(subnet: Subnet, address: number): boolean {
  return subnet.network < address && address < subnet.broadcast;
}

/**
 * The MAC that belongs to an address: QEMU's prefix and the last three bytes, so that a frame in a capture names its
 * slot. Unique within a subnet of /8 or longer.
 */
export function macOf(address: number): string {
  const bytes = [0x52, 0x54, 0x00, (address >>> 16) & 0xff, (address >>> 8) & 0xff, address & 0xff];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
