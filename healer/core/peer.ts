/**
 * What is believed of another host's healer. A silent peer is not a dead peer: whoever hears nothing cannot tell a healer
 * that ended from a host that died or a cable that was cut. So this says what was heard, since when nothing is and why; what
 * follows from it for the peer's host is another question (`otherHost.ts`).
 */
/**
 * `green`: it answers. `silent`: it answered before. `neverHeard`: it never did, since this healer started. `refused`:
 * whoever answers there has another key than the one that is pinned, and was told nothing.
 */
export type PeerStatus = "neverHeard" | "green" | "silent" | "refused";

/**
 * Why a question came to nothing. `noPin`: its key is not known here. `noListener`: its host says that nobody listens, so
 * the host lives. `unreachable`: the network says that nobody is there. `timeout`: nobody says anything. `closed`: the
 * connection was ended from there. `garbage`: what came is no view. `otherVersion`: it is one of another release.
 */
export type PeerFailure =
  | "noPin"
  | "wrongKey"
  | "noListener"
  | "unreachable"
  | "timeout"
  | "closed"
  | "garbage"
  | "otherVersion";

/** What a peer says of itself beside its machines, so that others do not mistake it. */
export interface PeerMarks {
  /** The machines of the update that is under way. */
  readonly updating?: readonly string[] | undefined;
  /** A person has stopped all repairs there, for so long. */
  readonly pausedForMs?: number | undefined;
  /** It goes away on purpose: why. */
  readonly planned?: string | undefined;
  /** It goes only because its healer was told to end, as before a restart or a reboot: nobody has drained its host. */
  readonly ending?: boolean | undefined;
  /**
   * How many workers of its own its host has, without those that stand in for others; how many of them are green, and how
   * many get no requests because a person wants that.
   */
  readonly workers?:
    | { readonly own: number; readonly green: number; readonly drained?: number | undefined }
    | undefined;
}

export interface PeerView {
  /** Of the healer's process: another one has started anew. */
  readonly incarnation: string;
  /** Grows with each view of an incarnation: one that does not is no sign of life. */
  readonly sequence: number;
  /** Whether it hears its machines: it does not while it puts its stack's state in order. */
  readonly listens: boolean;
  /** Whether it was deployed with the same site facts; undefined while one of the two does not know its own. */
  readonly sameSite?: boolean | undefined;
  readonly marks: PeerMarks;
}

export type PeerEvent =
  | { readonly kind: "view"; readonly view: PeerView }
  | { readonly kind: "failed"; readonly failure: PeerFailure; readonly detail: string };

export interface PeerState {
  readonly peer: string;
  readonly status: PeerStatus;
  /** Since when it has this status; a silent one, since it was last heard. */
  readonly sinceMs: number;
  readonly sentence: string;
  readonly heardMs?: number;
  /** Since when it has been heard, and all workers of its host have been green, without a break. */
  readonly wellSinceMs?: number;
  readonly view?: PeerView;
  /** Why the last question came to nothing; absent if it did not. */
  readonly failure?: PeerFailure;
  readonly failures: number;
}

/**
 * So many questions in a row without an answer are silence. They are counted, and no time is measured: a healer that was
 * itself stopped for a minute has asked nothing meanwhile, and blames nobody.
 */
export const failuresToSilence = 3;

export function unheardPeer(peer: string, nowMs: number): PeerState {
  return { peer, status: "neverHeard", sinceMs: nowMs, sentence: "it was not asked yet", failures: 0 };
}

/** `reason` is what the journal is told: empty if nothing of it is news. */
export function hearPeer(state: PeerState, event: PeerEvent, nowMs: number): { state: PeerState; reason: string } {
  if (event.kind === "failed") return hearFailure(state, event, nowMs);
  const { view } = event;
  const before = state.view;
  if (before?.incarnation === view.incarnation && view.sequence <= before.sequence) {
    const detail = `its view ${view.sequence} is no newer than the one before it`;
    return hearFailure(state, { kind: "failed", failure: "garbage", detail }, nowMs);
  }
  const isNew = state.status !== "green";
  const next: PeerState = {
    peer: state.peer,
    status: "green",
    sinceMs: isNew ? nowMs : state.sinceMs,
    sentence: sentenceOf(view),
    heardMs: nowMs,
    ...(isWell(view) ? { wellSinceMs: (isNew ? undefined : state.wellSinceMs) ?? nowMs } : {}),
    view,
    failures: 0,
  };
  return { state: next, reason: newsOf(state, view, nowMs) };
}

/**
 * A healer that does not listen to its machines knows nothing of them; and workers that get no requests, or are about to get
 * none, take no load from anybody.
 */
function isWell({ listens, marks: { workers, planned } }: PeerView): boolean {
  if (!listens || workers === undefined || planned !== undefined) return false;
  return workers.green === workers.own && (workers.drained ?? 0) === 0;
}

function newsOf({ status, sinceMs, view: before }: PeerState, view: PeerView, nowMs: number): string {
  const restarted =
    before !== undefined && before.incarnation !== view.incarnation ? "; its healer has started anew" : "";
  if (status === "silent") return `it answers again, ${seconds(nowMs - sinceMs)} after its last word${restarted}`;
  if (status !== "green") return `it answers${restarted}`;
  if (restarted !== "") return "its healer has started anew";
  const { planned } = view.marks;
  const wasPlanned = before?.marks.planned;
  if (planned !== undefined && wasPlanned === undefined) return `it goes away on purpose: ${planned}`;
  return planned === undefined && wasPlanned !== undefined ? `what it went away for is over: ${wasPlanned}` : "";
}

function hearFailure(
  state: PeerState,
  { failure, detail }: Extract<PeerEvent, { kind: "failed" }>,
  nowMs: number,
): { state: PeerState; reason: string } {
  if (failure === "wrongKey") return becomeRefused(state, detail, nowMs);
  const failures = state.failures + 1;
  const failed = { ...state, failure, failures };
  // One answer that stays out says nothing: it keeps what it was until the next ones stay out, too.
  const isPatient = (state.status === "green" || state.status === "refused") && failures < failuresToSilence;
  if (isPatient) return { state: failed, reason: "" };
  if (state.heardMs === undefined) return becomeNeverHeard(failed, detail, nowMs);
  const sentence = afterPlan(state.view?.marks.planned, detail);
  const silent: PeerState = { ...failed, status: "silent", sinceMs: state.heardMs, sentence };
  if (state.status === "silent") return { state: silent, reason: "" };
  return { state: silent, reason: `it is silent: ${sentence}` };
}

function becomeRefused(state: PeerState, sentence: string, nowMs: number): { state: PeerState; reason: string } {
  const isNew = state.status !== "refused";
  const sinceMs = isNew ? nowMs : state.sinceMs;
  const refused: PeerState = { ...state, status: "refused", sinceMs, sentence, failure: "wrongKey", failures: 0 };
  return { state: refused, reason: isNew ? `it is refused: ${sentence}` : "" };
}

function becomeNeverHeard(state: PeerState, sentence: string, nowMs: number): { state: PeerState; reason: string } {
  const isNew = state.status !== "neverHeard";
  // Whoever starts both healers at once need not read that one was a second earlier.
  const isTold = state.failures === failuresToSilence;
  const next: PeerState = { ...state, status: "neverHeard", sinceMs: isNew ? nowMs : state.sinceMs, sentence };
  return { state: next, reason: isTold || isNew ? `it was not heard yet: ${sentence}` : "" };
}

function afterPlan(planned: string | undefined, detail: string): string {
  return planned === undefined ? detail : `it went away on purpose (${planned}); ${detail}`;
}

function sentenceOf({ listens, sameSite, marks }: PeerView): string {
  const { updating, pausedForMs, planned } = marks;
  const words = [
    planned === undefined ? undefined : `it goes away on purpose: ${planned}`,
    listens ? undefined : "it does not listen to its machines yet",
    updating === undefined ? undefined : `an update of ${updating.join(", ")} is under way`,
    pausedForMs === undefined ? undefined : `repairs are paused for ${seconds(pausedForMs)}`,
    sameSite === false ? "other site facts are deployed there than here" : undefined,
  ].filter((word) => word !== undefined);
  return words.length === 0 ? "it answers" : words.join("; ");
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}
