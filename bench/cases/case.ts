import type { Healers } from "../healers.ts";
import type { Pair, Rig } from "../rig.ts";

/** One kind of fault, measured again and again. */
export interface Case {
  readonly name: string;
  /** One line for the help. */
  readonly what: string;
  /** Whether it is compared with a plain pair unless the command says otherwise. */
  readonly compared: boolean;
  /** What takes turns on the product's pair, in a case that measures one thing done in several ways: ours comes first. */
  readonly methods?: readonly string[];
  /** How many connections are busy unless the command says otherwise. */
  readonly users: number;
  /** The pause of each connection after an answer, in milliseconds, of a case whose users think: `1000-1900`. */
  readonly thinkMs?: string;
  /** Whether healers may run, or have to. The first is what counts unless the command says otherwise. */
  readonly healers: readonly Healers[];
  /**
   * Runs before those that count: an emulated machine translates its programs when they first run, and each balancer of a
   * pair has to have carried the load once.
   */
  readonly warmups: number;
  /** Rejects, before anything is changed, if something is not there that one of these methods needs. */
  readonly require?: (rig: Rig, methods: readonly string[]) => Promise<void>;
  /** Breaks something once, measures, mends it, and resolves when all is whole again. */
  readonly measure: (trial: Trial) => Promise<Figures>;
  /** What the figures of all runs must show. */
  readonly judge: (runs: readonly Run[]) => Check[];
  /** What a reader of the report should see besides its figures. */
  readonly tell?: (runs: readonly Run[]) => string;
}

export interface Trial {
  readonly rig: Rig;
  readonly pair: Pair;
  /** One of the case's; the pair's name in a case that has none. */
  readonly method: string;
  /** Counts from 0; a case that has several possible victims takes turns by it. */
  readonly index: number;
  /** A folder of its own for the raw records. */
  readonly dir: string;
  /** How many keep-alive connections are busy meanwhile. */
  readonly users: number;
  /** As the case has it, or the command. */
  readonly thinkMs?: string;
  readonly healers: Healers;
}

/** Named numbers; a name ends in its unit, and one without is a count. */
export type Figures = Readonly<Record<string, number>>;

export interface Run {
  /** Or the method. */
  readonly pair: string;
  readonly index: number;
  readonly figures: Figures;
}

export interface Check {
  /** A claim about loss holds on any machine; one about time means something on a machine that is not overloaded. */
  readonly about: "loss" | "time";
  readonly claim: string;
  readonly met: boolean;
  readonly found: string;
}

/** A machine that is too busy without any fault measures itself. */
export const quietLimitMs = 500;

/** The figure `quietP95Ms`, which every case takes before its fault, must be small or the others mean nothing. */
export function checkQuiet(runs: readonly Run[]): Check {
  const worstMs = Math.max(...runs.map(({ figures }) => figures.quietP95Ms ?? Number.POSITIVE_INFINITY));
  return {
    about: "time",
    claim: `before the fault, 95 % of the requests took at most ${quietLimitMs} ms more than their own time`,
    met: worstMs <= quietLimitMs,
    found: `${worstMs.toFixed(0)} ms in the worst run`,
  };
}

export function figuresOf(runs: readonly Run[], pair: string, name: string): number[] {
  return runs.filter((run) => run.pair === pair).flatMap(({ figures }) => figures[name] ?? []);
}

export function totalOf(runs: readonly Run[], pair: string, name: string): number {
  return figuresOf(runs, pair, name).reduce((sum, value) => sum + value, 0);
}
