import assert from "node:assert/strict";
import { test } from "node:test";
import { domainWordOfEvent } from "./domainStates.ts";
import { lifecycleEventIn, rebootedIn } from "./lifecycleEvent.ts";

/** Lines of `virsh event --all --loop --timestamp` of libvirt 9.0, each after the deed that it stands beside. */
const lines = [
  ["kill -9", "event 'lifecycle' for domain 'web-1': Stopped Failed", { state: "crashed", reason: "failed" }],
  ["destroy", "event 'lifecycle' for domain 'web-1': Stopped Destroyed", { state: "stopped", reason: "destroyed" }],
  ["shutdown", "event 'lifecycle' for domain 'web-1': Stopped Shutdown", { state: "stopped", reason: "shutdown" }],
  ["suspend", "event 'lifecycle' for domain 'web-1': Suspended Paused", { state: "paused", reason: "paused" }],
  ["panic", "event 'lifecycle' for domain 'web-1': Crashed Panicked", { state: "panicked", reason: "panicked" }],
  ["full disk", "event 'lifecycle' for domain 'web-1': Suspended I/O Error", { state: "stalled", reason: "I/O error" }],
  ["start", "event 'lifecycle' for domain 'web-1': Started Booted", undefined],
  ["resume", "event 'lifecycle' for domain 'web-1': Resumed Unpaused", undefined],
  ["undefine", "event 'lifecycle' for domain 'web-1': Undefined Removed", undefined],
  ["define", "event 'lifecycle' for domain 'web-1': Defined Added", undefined],
  ["before it stops", "event 'lifecycle' for domain 'web-1': Shutdown Finished after host request", undefined],
] as const;

test("lifecycle events are read, and only those that say that a domain does not run say how it is", () => {
  for (const [deed, line, word] of lines) {
    const news = lifecycleEventIn(`2026-11-21 10:01:07.232+0000: ${line}`);
    assert.equal(news?.domain, "web-1", deed);
    assert.deepEqual(domainWordOfEvent(news?.event ?? "", news?.detail ?? ""), word, deed);
  }
});

test("other lines are no lifecycle events", () => {
  const others = [
    "2026-11-21 10:01:18.833+0000: event 'reboot' for domain 'web-1'",
    "2026-11-21 10:01:10.535+0000: event 'agent-lifecycle' for domain 'web-1': state: 'disconnected' reason: 'domain started'",
    "2026-11-21 10:01:26.798+0000: event 'control-error' for domain 'web-2'",
    "events received: 32",
    "",
  ];
  for (const line of others) assert.equal(lifecycleEventIn(line), undefined, line);
});

test("a reboot is read from its own event, and from no other", () => {
  assert.equal(rebootedIn("2026-11-21 10:01:18.833+0000: event 'reboot' for domain 'web-1'"), "web-1");
  const others = [
    ...lines.map(([, line]) => line),
    "event 'control-error' for domain 'web-1'",
    "event 'watchdog' for domain 'web-1': reset",
  ];
  for (const line of others) assert.equal(rebootedIn(line), undefined, line);
});
