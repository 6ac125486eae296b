import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  formatAddress,
  isHostAddress,
  macOf,
  parseAddress,
  parseRange,
  parseSubnet,
  rangesOverlap,
} from "./address.ts";

const anyAddress = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test("an address survives being written and read", () => {
  fc.assert(fc.property(anyAddress, (address) => parseAddress(formatAddress(address)) === address));
});

test("what is not a dotted IPv4 address is not read", () => {
  const wrong = [
    "",
    "192.168.10",
    "192.168.10.256",
    "192.168.010.1",
    " 192.168.10.1",
    "1.2.3.4.5",
    "::1",
    "0x7f.1",
    42,
    null,
  ];
  for (const text of wrong) assert.equal(parseAddress(text), undefined, `${text}`);
});

test("a subnet knows its bounds and its mask", () => {
  assert.deepEqual(parseSubnet("192.168.10.0/24"), {
    network: parseAddress("192.168.10.0"),
    broadcast: parseAddress("192.168.10.255"),
    prefixLength: 24,
    netmask: "255.255.255.0",
  });
  assert.equal(parseSubnet("172.16.0.0/12")?.netmask, "255.240.0.0");
  assert.equal(parseSubnet("10.0.0.0/8")?.netmask, "255.0.0.0");
  assert.equal(parseSubnet("10.0.0.8/29")?.netmask, "255.255.255.248");
});

test("a subnet with host bits, without a prefix length or of no use, is not read", () => {
  for (const text of [
    "192.168.10.1/24",
    "192.168.10.0",
    "192.168.10.0/30",
    "8.0.0.0/7",
    "192.168.10.0/99",
    "192.168.10.0/",
    "/24",
    24,
  ]) {
    assert.equal(parseSubnet(text), undefined, `${text}`);
  }
});

test("network and broadcast address are not for machines", () => {
  const subnet = parseSubnet("10.0.0.0/29");
  assert.ok(subnet);
  const usable = ["10.0.0.0", "10.0.0.1", "10.0.0.6", "10.0.0.7", "10.0.0.8"].filter((text) => {
    return isHostAddress(subnet, parseAddress(text) ?? 0);
  });
  assert.deepEqual(usable, ["10.0.0.1", "10.0.0.6"]);
});

test("a range has both its ends, and is never reversed", () => {
  assert.equal(parseRange("10.0.0.10-10.0.0.16")?.size, 7);
  assert.equal(parseRange("10.0.0.10-10.0.0.10")?.size, 1);
  for (const text of ["10.0.0.16-10.0.0.10", "10.0.0.10", "10.0.0.10 - 10.0.0.16", "10.0.0.10-", 7]) {
    assert.equal(parseRange(text), undefined, `${text}`);
  }
});

test("two ranges overlap exactly when they share an address", () => {
  const range = fc
    .tuple(fc.nat(40), fc.nat(10))
    .map(([first, more]) => ({ first, last: first + more, size: more + 1 }));
  const members = ({ first, size }: { first: number; size: number }) =>
    Array.from({ length: size }, (_, i) => first + i);
  fc.assert(
    fc.property(range, range, (one, other) => {
      return rangesOverlap(one, other) === members(one).some((address) => members(other).includes(address));
    }),
  );
});

test("a MAC spells the last three bytes of the address", () => {
  assert.equal(macOf(parseAddress("192.168.10.16") ?? 0), "52:54:00:a8:0a:10");
  assert.equal(macOf(parseAddress("10.255.254.253") ?? 0), "52:54:00:ff:fe:fd");
});
