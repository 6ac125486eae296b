import assert from "node:assert/strict";
import { test } from "node:test";
import { IsolationWatch, tickMs } from "./isolationWatch.ts";

const witness = "192.168.10.254";
const peer = "192.168.10.26";
/** With what a check waits for its turn. */
const standbyMs = 500;

test("nobody but the witness is asked while workers of other hosts answer, as seldom as standing by asks them", () => {
  const world = new World();
  world.run(60_000);
  assert.deepEqual(world.told, []);
  assert.deepEqual([...new Set(world.knocked)], [witness]);
  assert.ok(world.knocked.length <= 4, `${world.knocked.length} knocks`);
});

test("a balancer that hears nothing for a second is cut off, until one thing is heard", () => {
  for (const hears of ["worker", peer, witness]) {
    const world = new World();
    world.run(3_000);
    world.answers.clear();
    world.run(600);
    assert.deepEqual(world.told, [], hears);
    world.run(800);
    assert.deepEqual(world.told, [true], hears);
    world.answers.add(hears);
    world.run(1_000);
    assert.deepEqual(world.told, [true, false], hears);
  }
});

test("a wire that was mended a moment ago and is silent again has to be heard for two seconds", () => {
  const world = new World();
  world.run(3_000);
  world.answers.clear();
  world.run(2_000);
  for (let times = 0; times < 20; times += 1) {
    world.answers.add(witness);
    world.run(tickMs);
    world.answers.clear();
    world.run(2_000);
  }
  assert.deepEqual(world.told, [true, false, true]);
  world.answers.add(witness);
  world.run(3_000);
  assert.deepEqual(world.told, [true, false, true, false]);
});

test("one that hears the witness alone bears that a knock in two is lost", () => {
  const world = new World();
  world.run(3_000);
  for (let times = 0; times < 300; times += 1) {
    world.answers.clear();
    world.run(tickMs);
    world.answers.add(witness);
    world.run(tickMs);
  }
  assert.deepEqual(world.told, []);
});

test("one whose peers are gone holds on while the witness answers, and one whose witness is gone while a peer does", () => {
  for (const left of [peer, witness]) {
    const world = new World();
    world.run(3_000);
    world.answers.clear();
    world.answers.add(left);
    world.run(60_000);
    assert.deepEqual(world.told, [], left);
  }
});

test("a witness that has never answered, or not of late, takes the address from nobody", () => {
  for (const answeredFirst of [false, true]) {
    const world = new World();
    if (!answeredFirst) world.answers.delete(witness);
    world.run(3_000);
    world.answers.delete(witness);
    world.run(90_000);
    assert.equal(world.watch.state.knowsWitness, false);
    world.answers.clear();
    world.run(60_000);
    assert.deepEqual(world.told, [], `${answeredFirst}`);
  }
});

test("an agent that starts anew goes on with what the one before it has said, until it knows better", () => {
  const world = new World(true);
  world.answers.clear();
  world.run(5_000);
  assert.deepEqual([world.told, world.watch.state.isCutOff], [[], true]);
  world.answers.add(peer);
  world.run(4_000);
  assert.deepEqual([world.told, world.watch.state.isCutOff], [[false], false]);
});

test("on a site without a witness, or without another host, nobody is cut off", () => {
  const told: boolean[] = [];
  const watch = new IsolationWatch(true, (isCutOff) => told.push(isCutOff));
  watch.tick(undefined);
  assert.deepEqual([told, watch.state], [[false], { isCutOff: false, knowsWitness: false }]);
});

/** Everything answers before the next tick, or not at all. Workers are asked as a balancer does that stands by. */
class World {
  #nowMs = 0;
  readonly answers = new Set(["worker", peer, witness]);
  readonly knocked: string[] = [];
  readonly told: boolean[] = [];
  readonly watch: IsolationWatch;
  readonly #pending: (() => void)[] = [];
  #answeredMs = Number.NEGATIVE_INFINITY;

  constructor(wasCutOff = false) {
    this.watch = new IsolationWatch(
      wasCutOff,
      (isCutOff) => this.told.push(isCutOff),
      (address, onAnswer) => {
        this.knocked.push(address);
        if (this.answers.has(address)) this.#pending.push(onAnswer);
        return { giveUp: () => {} };
      },
    );
  }

  run(forMs: number): void {
    for (const untilMs = this.#nowMs + forMs; this.#nowMs < untilMs; ) {
      this.#nowMs += tickMs;
      const isAsked = this.#nowMs - this.#answeredMs >= standbyMs;
      if (isAsked && this.answers.has("worker")) this.#answeredMs = this.#nowMs;
      this.watch.tick({ witness, peers: [peer], answeredMs: this.#answeredMs });
      for (const answer of this.#pending.splice(0)) answer();
    }
  }
}
