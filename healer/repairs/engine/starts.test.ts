import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { Starts } from "./starts.ts";

test("each start is told once, and providers have started when a resource of one is looked at", () => {
  const told: string[] = [];
  const starts = new Starts((what) => told.push(what));
  starts.hear(prelude());
  starts.reached("program");
  for (const type of ["pulumi:pulumi:Stack", "pulumi:providers:libvirt", "vigil:index:AlpineVm"])
    starts.hear(step(type));
  assert.deepEqual(told, ["engine", "program"]);
  starts.hear(step("libvirt:index/volume:Volume"));
  starts.hear(step("libvirt:index/domain:Domain"));
  starts.hear(prelude());
  starts.reached("program");
  assert.deepEqual(told, ["engine", "program", "providers"]);
});

function prelude(): EngineEvent {
  return { sequence: 1, timestamp: 1, preludeEvent: { config: {} } };
}

function step(type: string): EngineEvent {
  const metadata = { op: "same", urn: `urn:pulumi:bk::vigil::${type}::x`, type } as const;
  return {
    sequence: 1,
    timestamp: 1,
    resourcePreEvent: { metadata: { ...metadata, provider: "", keys: [] } },
  } as EngineEvent;
}
