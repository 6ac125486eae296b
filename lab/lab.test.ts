import assert from "node:assert/strict";
import { test } from "node:test";
import { labNamed, namespaceOf, namespacePrefix } from "./lab.ts";

test("the namespaces of a lab are found by its name alone", () => {
  const lab = labNamed("demo");
  assert.equal(namespaceOf(lab, "bk"), "vigil-demo-bk");
  assert.ok(namespaceOf(lab, "rack-2").startsWith(namespacePrefix(lab)));
  assert.ok(!namespaceOf(labNamed("demo2"), "bk").startsWith(namespacePrefix(lab)));
});

test("a name that could be confused with another lab's machines, or leave the lab's folder, is refused", () => {
  for (const name of ["", "a-b", "Demo", "../x", "1st", "abcdefghijklmnop"]) {
    assert.throws(() => labNamed(name), { code: "ERR_USAGE" }, name);
  }
});
