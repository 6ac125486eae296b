import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsFor } from "../core/limits.ts";
import { type HostRoom, lackOfRoom, type Running } from "./hostRoom.ts";

const mebibyte = 1024 * 1024;
const small = { memoryMib: 256, vcpus: 1 };

/** What runs has touched all of its memory, unless something else is said. */
function host(memoryMib: number, poolMib: number, processors: number, vcpus: number): HostRoom {
  const running = { machines: 0, memoryMib: 0, vcpus };
  const availableBytes = memoryMib * mebibyte;
  return { availableBytes, memoryBytes: availableBytes, poolBytes: poolMib * mebibyte, processors, running };
}

test("each machine that is added needs its disk, and all of them together have to fit", () => {
  const room = host(100_000, 1_023, 8, 0);
  assert.equal(lackOfRoom(room, [small], limitsFor.kvm), undefined);
  assert.equal(
    lackOfRoom(room, [small, small], limitsFor.kvm),
    "the storage pool has 1023 MiB free, and 2 new machines may fill 1024: 512 MiB for each disk.",
  );
  assert.equal(lackOfRoom(host(100_000, 1_024, 8, 0), [small, small], limitsFor.kvm), undefined);
});

test("beside the guest's memory there is QEMU's, which emulation makes larger, and what the host keeps", () => {
  const pool = 100_000;
  assert.equal(lackOfRoom(host(896, pool, 8, 0), [small], limitsFor.kvm), undefined);
  assert.equal(
    lackOfRoom(host(895, pool, 8, 0), [small], limitsFor.kvm),
    "the host has 895 MiB of memory left, and 896 are needed: 256 for a new machine, 128 for QEMU and 512 that the host keeps.",
  );
  assert.equal(lackOfRoom(host(2_176, pool, 2, 0), [small, small], limitsFor.tcg), undefined);
  assert.equal(
    lackOfRoom(host(2_175, pool, 2, 0), [small, small], limitsFor.tcg),
    "the host has 2175 MiB of memory left, and 2176 are needed: 512 for 2 new machines, 1152 for QEMU and 512 that the host keeps.",
  );
});

test("what running guests were promised and have not touched yet is not left for more", () => {
  const lackWith = (memoryMib: number, running: Running, limits = limitsFor.kvm) => {
    const room = { ...host(8_192, 100_000, 8, 0), memoryBytes: memoryMib * mebibyte, running };
    return lackOfRoom(room, [small], limits);
  };
  const running = { machines: 3, memoryMib: 6_144, vcpus: 3 };
  // 896 for the new one, and 128 for the QEMU of each that runs.
  assert.equal(lackWith(6_144 + 384 + 896, running), undefined);
  assert.equal(
    lackWith(6_144 + 384 + 895, running),
    "the host has 895 MiB of memory left beside what the machines that run may take, and 896 are needed: 256 for a new machine, 128 for QEMU and 512 that the host keeps.",
  );
  assert.match(
    lackWith(4_096, running) ?? "",
    /^the host has 0 MiB of memory left beside/,
    "it is overcommitted already",
  );
});

test("what others have taken is not left either, however little guests were promised", () => {
  const room = { ...host(895, 100_000, 8, 0), memoryBytes: 8_192 * mebibyte };
  assert.match(
    lackOfRoom(room, [small], limitsFor.kvm) ?? "",
    /^the host has 895 MiB of memory left, and 896 are needed/,
  );
});

test("a lab of virtual hosts on one machine of 8 GiB has room for two that stand in beside two workers and a balancer", () => {
  const running = { machines: 3, memoryMib: 768, vcpus: 3 };
  const room = { ...host(4_096, 100_000, 2, 0), memoryBytes: 8_192 * mebibyte, running };
  assert.equal(lackOfRoom(room, [small, small], limitsFor.tcg), undefined);
});

test("processors are shared up to a ratio, and where guests are emulated without one", () => {
  const added = [{ memoryMib: 256, vcpus: 2 }];
  assert.equal(lackOfRoom(host(100_000, 100_000, 2, 6), added, limitsFor.kvm), undefined);
  assert.equal(
    lackOfRoom(host(100_000, 100_000, 2, 7), added, limitsFor.kvm),
    "the machines that run have 7 virtual CPUs, and with a new machine it would be 9: the host's 2 processors carry 8, 4 each.",
  );
  assert.equal(lackOfRoom(host(100_000, 100_000, 2, 70), added, limitsFor.tcg), undefined);
});
