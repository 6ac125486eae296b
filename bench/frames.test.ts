import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFrame } from "./frames.ts";

const cooked = "1700000000.250000 ?     P   ifindex 6 52:54:00:a8:0a:10 ethertype";
const ethernet = "1700000000.250000 52:54:00:a8:0a:10 > ff:ff:ff:ff:ff:ff, ethertype";
const timeMs = 1700000000250;

test("a VRRP advert gives its sender, router id and priority", () => {
  const line = `${cooked} IPv4 (0x0800), length 52: 192.168.10.16 > 192.168.10.26: VRRPv3, Advertisement, vrid 51, prio 200, intvl 10cs, length 12`;
  assert.deepEqual(parseFrame(line), { type: "advert", timeMs, mac: "52:54:00:a8:0a:10", vrid: 51, priority: 200 });
});

test("a gratuitous request claims an address for its sender", () => {
  const line = `${ethernet} ARP (0x0806), length 42: Request who-has 192.168.10.120 (ff:ff:ff:ff:ff:ff) tell 192.168.10.120, length 28`;
  const claim = { type: "claim", timeMs, address: "192.168.10.120", mac: "52:54:00:a8:0a:10" };
  assert.deepEqual(parseFrame(line), claim);
});

test("an ARP reply claims an address for whoever it names", () => {
  const line = `${cooked} ARP (0x0806), length 48: Reply 192.168.10.120 is-at 52:54:00:a8:0a:1a, length 28`;
  const claim = { type: "claim", timeMs, address: "192.168.10.120", mac: "52:54:00:a8:0a:1a" };
  assert.deepEqual(parseFrame(line), claim);
});

test("an ordinary question claims nothing", () => {
  const line = `${cooked} ARP (0x0806), length 48: Request who-has 192.168.10.120 tell 192.168.10.250, length 28`;
  assert.equal(parseFrame(line), undefined);
});

test("data from the address is an answer, an empty segment is none", () => {
  const segment = (flags: string, length: number) =>
    `${cooked} IPv4 (0x0800), length 80: 192.168.10.120.80 > 192.168.10.250.60572: Flags [${flags}], seq 1:148, ack 77, win 64, length ${length}: HTTP: HTTP/1.1 200 OK`;
  assert.deepEqual(parseFrame(segment("P.", 147)), {
    type: "answer",
    timeMs,
    address: "192.168.10.120",
    mac: "52:54:00:a8:0a:10",
  });
  assert.equal(parseFrame(segment("S.", 0)), undefined);
});

test("tcpdump's own remarks are no frames", () => {
  assert.equal(parseFrame("reading from file x.pcap, link-type LINUX_SLL2"), undefined);
});
