import { readJournal } from "../healer/journal/readJournal.ts";
import { journalOf } from "../lab/healers.ts";
import type { Rig } from "./rig.ts";

type Entries = Awaited<ReturnType<typeof readJournal>>["entries"];

/** Resolves to a function that tells what the healers of all hosts have noted since. */
export async function journalsFromNow({ lab, hosts }: Pick<Rig, "lab" | "hosts">): Promise<() => Promise<Entries>> {
  const entriesOf = async (host: string) => (await readJournal(await journalOf(lab, host))).entries;
  const last = new Map<string, number>();
  for (const host of hosts) last.set(host, (await entriesOf(host)).at(-1)?.seq ?? 0);
  return async () => {
    const fresh = hosts.map(async (host) => (await entriesOf(host)).filter(({ seq }) => seq > (last.get(host) ?? 0)));
    return (await Promise.all(fresh)).flat();
  };
}
