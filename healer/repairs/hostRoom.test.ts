import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsFor } from "../core/limits.ts";
import { type HostRoom, lackOfRoom } from "./hostRoom.ts";

const mebibyte = 1024 * 1024;
const small = { memoryMib: 256, vcpus: 1 };

function host(memoryMib: number, poolMib: number, processors: number, vcpus: number): HostRoom {
  return { memoryBytes: memoryMib * mebibyte, poolBytes: poolMib * mebibyte, processors, vcpus };
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

test("processors are shared up to a ratio, and where guests are emulated without one", () => {
  const added = [{ memoryMib: 256, vcpus: 2 }];
  assert.equal(lackOfRoom(host(100_000, 100_000, 2, 6), added, limitsFor.kvm), undefined);
  assert.equal(
    lackOfRoom(host(100_000, 100_000, 2, 7), added, limitsFor.kvm),
    "the machines that run have 7 virtual CPUs, and with a new machine it would be 9: the host's 2 processors carry 8, 4 each.",
  );
  assert.equal(lackOfRoom(host(100_000, 100_000, 2, 70), added, limitsFor.tcg), undefined);
});
