import assert from "node:assert/strict";
import { test } from "node:test";
import { holderVm } from "../../bench/cases/holderLoss.ts";
import { coresBusy } from "../../bench/cases/needlessRepairs.ts";
import { repair } from "../../bench/cases/repair.ts";
import { vipMove } from "../../bench/cases/vipMove.ts";
import { workersCut } from "../../bench/cases/workersAway.ts";
import { wantedOf } from "./bench.ts";

const asked = { runs: 10, lab: "demo", output: "table" } as const;

test("what is not said is as the case has it", () => {
  assert.deepEqual(wantedOf({ ...asked, fault: holderVm }), {
    runs: 10,
    users: holderVm.users,
    healers: "none",
    baseline: "tuned",
  });
  const { thinkMs, healers, baseline } = wantedOf({ ...asked, fault: vipMove });
  assert.deepEqual([thinkMs, healers, baseline], [vipMove.thinkMs, "running", "none"]);
});

test("what is said comes before it", () => {
  const said = { users: 3, healers: "running", baseline: "defaults" } as const;
  assert.deepEqual(wantedOf({ ...asked, fault: holderVm, ...said }), { runs: 10, ...said });
  assert.equal(wantedOf({ ...asked, fault: vipMove, thinkMs: "5-9" }).thinkMs, "5-9");
});

test("methods take turns in the case's order, each once, and all of them unless some are named", () => {
  const { methods, healers, baseline } = wantedOf({ ...asked, fault: repair });
  assert.deepEqual([methods, healers, baseline], [repair.methods, "running", "none"]);
  const some = wantedOf({ ...asked, fault: repair, methods: ["tofu", "vigil", "tofu"] });
  assert.deepEqual(some.methods, ["vigil", "tofu"]);
});

test("a way in which a case is not measured is refused, with what to do", () => {
  assert.throws(() => wantedOf({ ...asked, fault: coresBusy, healers: "none" }), {
    code: "ERR_USAGE",
    message: "--healers none: cores-busy is measured with healers running only. Leave out --healers.",
  });
  assert.throws(() => wantedOf({ ...asked, fault: workersCut, thinkMs: "5-9" }), {
    code: "ERR_USAGE",
    message: "--think-ms 5-9: the users of workers-cut do not think. Leave it out.",
  });
  assert.throws(() => wantedOf({ ...asked, fault: repair, baseline: "tuned" }), {
    code: "ERR_USAGE",
    message: "--baseline tuned: repair is measured by several methods and beside no plain pair. Leave it out.",
  });
  assert.throws(() => wantedOf({ ...asked, fault: repair, methods: ["vigil", "shell"] }), {
    code: "ERR_USAGE",
    message: "--methods shell: repair has no such method. Write some of vigil, virsh, by-hand-reconstructed, tofu.",
  });
  assert.throws(() => wantedOf({ ...asked, fault: workersCut, methods: ["vigil"] }), {
    code: "ERR_USAGE",
    message: "--methods vigil: workers-cut has no such method. Leave out --methods.",
  });
});
