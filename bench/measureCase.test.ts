import assert from "node:assert/strict";
import { test } from "node:test";
import { holderVm } from "./cases/holderLoss.ts";
import { repair } from "./cases/repair.ts";
import { resultNameOf } from "./measureCase.ts";

test("only what is measured as by default has the result that the documents cite", () => {
  assert.equal(resultNameOf(holderVm, { baseline: "tuned", healers: "none" }), "holder-vm");
  assert.equal(resultNameOf(holderVm, { baseline: "defaults", healers: "none" }), "holder-vm.defaults");
  assert.equal(resultNameOf(holderVm, { baseline: "tuned", healers: "running" }), "holder-vm.healers");
  assert.equal(resultNameOf(holderVm, { baseline: "none", healers: "none" }), "holder-vm.alone");
  const all = { baseline: "none", healers: "running", methods: repair.methods ?? [] } as const;
  assert.equal(resultNameOf(repair, all), "repair");
  assert.equal(resultNameOf(repair, { ...all, methods: ["vigil", "virsh"] }), "repair.vigil-virsh");
});
