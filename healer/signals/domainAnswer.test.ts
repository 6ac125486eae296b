import assert from "node:assert/strict";
import { test } from "node:test";
import { domainsIn } from "./domainAnswer.ts";
import { domainWordOf } from "./domainStates.ts";

/** As virsh of libvirt 9.0 answered on a host whose web-2 had been killed with signal 9. */
const answer = `domstats --state
Domain: 'web-1'
  state.state=1
  state.reason=1

Domain: 'web-2'
  state.state=5
  state.reason=3

Domain: 'lb-1'
  state.state=1
  state.reason=5

 1   lb-1    running
 6   web-1   running
 -   web-2   shut off
`;

test("each domain has its state, its reason, and its id while it runs", () => {
  assert.deepEqual(
    domainsIn(answer),
    new Map([
      ["web-1", { state: "running", reason: "booted", id: 6 }],
      ["web-2", { state: "crashed", reason: "crashed" }],
      ["lb-1", { state: "running", reason: "unpaused", id: 1 }],
    ]),
  );
});

test("a host without domains has none", () => {
  assert.equal(domainsIn("").size, 0);
});

test("the numbers of libvirt 9.0, after each deed", () => {
  const seen = [
    ["virsh destroy", 5, 2, "stopped", "destroyed"],
    ["virsh shutdown", 5, 1, "stopped", "shutdown"],
    ["kill -9 of the process, also while libvirtd was away", 5, 3, "crashed", "crashed"],
    ["a start that failed, also at the host's boot", 5, 6, "stopped", "failed"],
    ["libvirtd killed and started again after that", 5, 0, "stopped", "unknown"],
    ["virsh suspend", 3, 1, "paused", "user"],
    ["a guest's panic, preserved", 6, 1, "panicked", "panicked"],
    ["a disk that is full", 3, 5, "stalled", "I/O error"],
  ] as const;
  for (const [deed, state, number, word, reason] of seen) {
    assert.deepEqual(domainWordOf(state, number), { state: word, reason }, deed);
  }
});

test("a state that nobody knows is not taken for another one", () => {
  assert.throws(() => domainWordOf(9, 0), /state 9/);
});
