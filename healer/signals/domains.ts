import { DomainPoll, type DomainPollSettings } from "./domainPoll.ts";
import { domainWordOfEvent } from "./domainStates.ts";
import { lifecycleEventIn, rebootedIn } from "./lifecycleEvent.ts";
import { LineChild } from "./lineChild.ts";
import type { Emit, Log, Signal } from "./signal.ts";

export interface DomainsSettings extends DomainPollSettings {
  readonly log: Log;
}

/**
 * Tells how the planned domains are: what libvirt announces, at once, and what it answers every second. That a domain
 * stopped or rebooted is told as announced. That it runs is told from the answer alone, because only that has the id of
 * this start; so every announcement of a start or a stop also brings the next question forward.
 */
export function watchDomains(settings: DomainsSettings, emit: Emit): Signal {
  const slots = new Set(settings.targets.map(({ slot }) => slot));
  const poll = new DomainPoll(settings, emit);
  const child = new LineChild({
    argv: ["virsh", "-c", settings.uri, "event", "--all", "--loop", "--timestamp"],
    log: settings.log,
    // What happened while nobody listened is in the next answer.
    onStart: () => poll.askAgain(slots),
    onLine: (line) => {
      const rebooted = rebootedIn(line);
      if (rebooted !== undefined && slots.has(rebooted)) emit({ kind: "rebooted", slot: rebooted });
      const news = lifecycleEventIn(line);
      if (news === undefined || !slots.has(news.domain)) return;
      const word = domainWordOfEvent(news.event, news.detail);
      if (word !== undefined) emit({ kind: "domain", slot: news.domain, domain: word });
      poll.askAgain([news.domain]);
    },
  });
  return {
    async close() {
      await Promise.all([child.close(), poll.close()]);
    },
  };
}
