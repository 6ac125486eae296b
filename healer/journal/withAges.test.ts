import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { JournalClock } from "./journalClock.ts";
import { type Written, withAges } from "./withAges.ts";

/** Steps below it are not told one by one. */
const toleranceMs = 1_000;
const hourMs = 3_600_000;

const passing = fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 3 * hourMs }) });
const writing = fc.constant({ kind: "write" } as const);
const setting = fc.record({
  kind: fc.constant("set" as const),
  byMs: fc.integer({ min: -9 * hourMs, max: 9 * hourMs }),
});
const opening = fc.record({ kind: fc.constant("open" as const), isBoot: fc.boolean() });

test("what one process writes is as old as it is, however often the clock is set", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(passing, writing, setting), { maxLength: 40 }), (steps) => {
      const host = play(steps);
      host.write();
      for (const { agoMs, trueMs = 0 } of host.aged()) {
        assert.ok(Math.abs(agoMs - trueMs) <= toleranceMs, `${agoMs} for ${trueMs} ms`);
      }
    }),
  );
});

test("nothing is older than it is if the clock was right from then until the last process began, and is right now", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(passing, writing, setting, opening), { maxLength: 40 }), (steps) => {
      const host = play(steps);
      host.set(-host.aheadMs);
      host.write();
      const aged = host.aged();
      for (const [index, { agoMs, trueMs = 0, isSure }] of aged.entries()) {
        assert.ok(agoMs >= (aged[index + 1]?.agoMs ?? 0), "younger than a later one");
        if (isSure) assert.ok(agoMs <= trueMs + toleranceMs, `${agoMs} for ${trueMs} ms`);
      }
    }),
  );
});

test("a host that boots in another year remembers for as long as the clock says that it was off", () => {
  const host = play([{ kind: "write" }, { kind: "pass", ms: 5 * hourMs }]);
  host.set(-9 * hourMs);
  host.open(true);
  host.write();
  host.set(9 * hourMs);
  host.write();
  assert.deepEqual(
    host.aged().map(({ agoMs }) => agoMs),
    [5 * hourMs, 0, 0],
  );
});

test("without a word of the clock no entry is of the future, and none younger than a later one", () => {
  const written = [hourMs, hourMs + 1_000, 2_000, 4_000].map((atMs) => ({ atMs, entry: { kind: "a" } }));
  assert.deepEqual(
    withAges(written, 10_000).map(({ agoMs }) => agoMs),
    [9_000, 8_000, 8_000, 6_000],
  );
});

type Step =
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "write" }
  | { readonly kind: "set"; readonly byMs: number }
  | { readonly kind: "open"; readonly isBoot: boolean };

function play(steps: readonly Step[]): Host {
  const host = new Host();
  for (const step of steps) {
    if (step.kind === "pass") host.nowMs += step.ms;
    if (step.kind === "write") host.write();
    if (step.kind === "set") host.set(step.byMs);
    if (step.kind === "open") host.open(step.isBoot);
  }
  return host;
}

/** A host, the processes that write its journal one after the other, and what is true. */
class Host {
  nowMs = 0;
  aheadMs = 0;
  /** Of each line but those about the clock: when it was written, and by how much the clock was ahead then. */
  readonly #lines: { readonly kind: string; readonly trueMs: number; readonly aheadMs: number }[] = [];
  readonly #journal: Written<{ readonly kind: string }>[] = [];
  #boots = 1;
  #clock = this.#open();

  set(byMs: number): void {
    this.aheadMs += byMs;
  }

  open(isBoot: boolean): void {
    if (isBoot) this.#boots += 1;
    this.#clock = this.#open();
  }

  write(): void {
    const { atMs, setByMs } = this.#clock.read();
    if (setByMs !== 0) this.#journal.push({ atMs, entry: { kind: "clockSet", byMs: setByMs } });
    this.#clock.written(setByMs);
    this.#push({ kind: "a" });
  }

  /** `isSure`: its date is right, and so is that of all that was written later but by the last process. */
  aged() {
    const lastOpened = this.#lines.findLastIndex(({ kind }) => kind === "opened");
    const truths = this.#lines.flatMap(({ kind, trueMs }, index) => {
      const later = this.#lines.slice(index, Math.max(index + 1, lastOpened));
      return kind === "a" ? [{ trueMs: this.nowMs - trueMs, isSure: later.every((line) => line.aheadMs === 0) }] : [];
    });
    return withAges(this.#journal, this.nowMs + this.aheadMs).map(({ agoMs }, index) => ({ agoMs, ...truths[index] }));
  }

  #open(): JournalClock {
    const clock = new JournalClock({ wallMs: () => this.nowMs + this.aheadMs, monotonicMs: () => this.nowMs });
    clock.read();
    this.#push({ kind: "opened", boot: `${this.#boots}` });
    return clock;
  }

  #push(entry: { readonly kind: string; readonly boot?: string }): void {
    this.#lines.push({ kind: entry.kind, trueMs: this.nowMs, aheadMs: this.aheadMs });
    this.#journal.push({ atMs: this.nowMs + this.aheadMs, entry });
  }
}
