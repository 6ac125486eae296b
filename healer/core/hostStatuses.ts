/**
 * The table: what another host of the site can be to this healer, what that is known by and what is done about it. It is
 * the source of `docs/healer-states.md`.
 */
interface HostRow {
  readonly title: string;
  readonly knownBy: string;
  readonly done: string;
}

export const hostStatuses = {
  unheard: {
    title: "not heard yet",
    knownBy: "its healer has never been heard here",
    done: "nothing: it may not be there yet",
  },
  heard: { title: "heard", knownBy: "its healer answers", done: "nothing" },
  silent: {
    title: "silent",
    knownBy: "its healer does not answer; its workers still do, or it is not known, or not for long enough",
    done: "nothing; if workers stand in for it, they stay",
  },
  isolated: {
    title: "out of sight",
    knownBy: "neither it nor the witness nor any other host is heard: this host itself is cut off",
    done: "nothing; a person is told",
  },
  planned: {
    title: "away on purpose",
    knownBy:
      "its healer said so before it fell silent, and its workers went with it or are drained; one that was only told to end, as by a reboot, for `expectedBackMs`",
    done: "nothing; of one that was drained a person is told after `hostAwayMs`",
  },
  lost: {
    title: "lost",
    knownBy: "for `hostConfirmMs` neither its healer nor any of its workers was heard, and this host is not cut off",
    done: "this host's share of its workers is made here, as many as there is room for; a person is told",
  },
  returned: {
    title: "returned",
    knownBy: "its healer answers again, and workers here stand in for it",
    done: "they are given back one by one, once it and all its own workers have been well for `hostGreenMs`, twice as long with each return within `budgetWindowMs`",
  },
} as const satisfies Record<string, HostRow>;

export type HostStatus = keyof typeof hostStatuses;
