import assert from "node:assert/strict";
import { test } from "node:test";
import { beatOf } from "./beatOf.ts";

test("an agent of an earlier image is understood, and what it does not say is taken to be well", () => {
  const text =
    '{"status":"OK","slot":"bk/lb-1","incarnation":"i","seq":1,"service":"down","files":"f","vrrp":"MASTER","holdsVip":true}';
  assert.deepEqual(beatOf(text), {
    id: "bk/lb-1",
    beat: {
      incarnation: "i",
      service: "refused",
      files: "f",
      freeBytes: Number.MAX_SAFE_INTEGER,
      busy: 0,
      vrrp: "MASTER",
      holdsVip: true,
    },
  });
});

test("what the core decides by is checked", () => {
  const good = { slot: "bk/web-1", incarnation: "i", service: "up", files: "f", busy: 0, freeBytes: 0 };
  beatOf(JSON.stringify(good));
  for (const wrong of [{ busy: 2 }, { freeBytes: -1 }, { incarnation: "" }, { service: "fine" }, { vrrp: "KING" }]) {
    assert.throws(() => beatOf(JSON.stringify({ ...good, ...wrong })), JSON.stringify(wrong));
  }
});
