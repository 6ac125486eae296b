/** What the command and its processes say to each other. */

/** As `listenToHeartbeats` takes them. */
export interface Stream {
  readonly slot: string;
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

export interface SenderOptions {
  readonly streams: number;
  readonly intervalMs: number;
}

export interface ReaderOptions {
  readonly streams: readonly Stream[];
  readonly intervalMs: number;
  /** A folder of its own. */
  readonly dir: string;
  /** Whether libvirt is asked about the machines as well, and answers for a host that it makes up. */
  readonly domains: boolean;
}

/** `begin`: the measurement; `end`: it is over; `count`: how many beats there have been in all. */
export type Question = "begin" | "end" | "count";

export interface Answers {
  readonly begin: null;
  readonly end: Readonly<Record<string, number>>;
  readonly count: number;
}
