import assert from "node:assert/strict";
import { test } from "node:test";
import { renderTable } from "./output.ts";

test("a table's columns are as wide as their widest cell", () => {
  const rows = [
    ["web-1", "running"],
    ["lb-1", ""],
  ];
  assert.equal(renderTable(["slot", "state"], rows), "SLOT   STATE\nweb-1  running\nlb-1\n");
});
