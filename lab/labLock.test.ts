import assert from "node:assert/strict";
import { test } from "node:test";
import { labNamed } from "./lab.ts";
import { withLabLock } from "./labLock.ts";

const lab = labNamed("locktest");

test("a lab that is being changed is left alone, and whoever wants to is told by whom", async () => {
  await withLabLock(lab, "vigil lab up", async () => {
    const second = withLabLock(lab, "vigil lab down", async () => assert.fail("both hold the lock"));
    await assert.rejects(second, {
      code: "ERR_LAB_BUSY",
      message: new RegExp(`process ${process.pid} \\(vigil lab up\\)`),
    });
  });
});

test("the lock is free again after its action, also after one that failed", async () => {
  await assert.rejects(
    withLabLock(lab, "fails", () => Promise.reject(new Error("on purpose"))),
    /on purpose/,
  );
  assert.equal(await withLabLock(lab, "works", async () => 1), 1);
});
