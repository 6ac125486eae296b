/**
 * What the renderers read of a stack's plan. The plan satisfies these interfaces as it is; they are stated here so that
 * a renderer can be tried with a few lines of data and never comes to depend on how a plan is made.
 */
export interface BalancerInput {
  readonly site: {
    readonly name: string;
    readonly vip: string;
    /** Who tells a balancer that is cut off from one whose peers are gone; a site may have none. */
    readonly witness?: string;
    /** How many requests a worker is given at once; without it any number. */
    readonly requestsAtOnce?: number;
    readonly subnet: { readonly prefixLength: number };
  };
  readonly host: { readonly vrrpPriority: number };
  /** Every worker slot that may serve, built or not. */
  readonly candidates: readonly { readonly id: string; readonly address: string; readonly port: number }[];
  /** The balancers of the other hosts. */
  readonly peers: readonly { readonly id: string; readonly address: string; readonly priority: number }[];
}

/** The balancer that a file is rendered for. */
export interface BalancerSlot {
  readonly id: string;
  readonly address: string;
  readonly servicePort: number;
}
