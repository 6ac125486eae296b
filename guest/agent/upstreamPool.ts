import { ReloadPacer } from "./reloadPacer.ts";
import { renderUpstreams, type Upstream } from "./upstreamsFile.ts";

/** What the pool needs of its machine. */
export interface BalancerPort {
  /** The upstreams file as it is, or undefined if there is none. */
  readFile(): string | undefined;
  /** Replaces the upstreams file as a whole: a reader sees the old one or the new one. */
  writeFile(text: string): void;
  /** Makes nginx read its files again. False if no nginx runs, which then reads them when it starts. */
  reload(): boolean;
  /** Ends every established connection of this machine to that worker. */
  dropConnections(upstream: Upstream): void;
}

/** Brings nginx's pool in line with the selection: writes only what differs, and reloads at a bearable pace. */
export class UpstreamPool {
  readonly #port: BalancerPort;
  readonly #pacer = new ReloadPacer();
  #wanted: string;
  #applied: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(port: BalancerPort) {
    this.#port = port;
    this.#applied = port.readFile();
    this.#wanted = this.#applied ?? renderUpstreams([]);
    // nginx refuses to start without the file.
    if (this.#applied === undefined) this.#apply();
  }

  /** True if nginx has workers, from whichever agent they came. */
  get hasWorkers(): boolean {
    return this.#wanted !== renderUpstreams([]);
  }

  /**
   * Makes `upstreams` the pool. The connections to the `lost` workers are ended, so that nginx repeats the requests that
   * hang there; it does so from its old pool, so this need not wait for the reload.
   */
  set(upstreams: readonly Upstream[], lost: readonly Upstream[]): void {
    this.#wanted = renderUpstreams(upstreams);
    if (this.#wanted !== this.#applied && this.#timer === undefined) {
      const waitMs = this.#pacer.waitMs(performance.now());
      if (waitMs === 0) this.#apply();
      else this.#timer = setTimeout(() => this.#apply(), waitMs);
    }
    for (const upstream of lost) this.#port.dropConnections(upstream);
  }

  /** To be called when nginx has come up: it may have read the file just before the last change. */
  refresh(): void {
    this.#port.reload();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #apply(): void {
    this.#timer = undefined;
    if (this.#wanted === this.#applied) return;
    this.#port.writeFile(this.#wanted);
    this.#applied = this.#wanted;
    this.#port.reload();
    this.#pacer.reloaded(performance.now());
  }
}
