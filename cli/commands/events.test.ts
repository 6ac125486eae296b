import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "./events.ts";

const nowMs = Date.parse("2026-11-21T14:00:00.000Z");

test("events begin an hour ago, or now if they are followed, unless a beginning is given", () => {
  assert.equal(pathOf({}, nowMs), "/v1/events?follow=false&since=2026-11-21T13%3A00%3A00.000Z");
  assert.equal(pathOf({ follow: true }, nowMs), "/v1/events?follow=true");
  assert.equal(pathOf({ follow: true, since: "42" }, nowMs), "/v1/events?follow=true&since=42");
  assert.equal(pathOf({ since: "30m" }, nowMs), "/v1/events?follow=false&since=2026-11-21T13%3A30%3A00.000Z");
});

test("filters are asked for by name", () => {
  assert.equal(
    pathOf({ since: "0", slot: "web-1", kind: ["page", "status"] }, nowMs),
    "/v1/events?follow=false&since=0&slot=web-1&kind=page&kind=status",
  );
});
