/** By host, how many workers of this host stand in for its own. */
export type Evacuated = Readonly<Record<string, number>>;

/** How many that are in all. */
export function standInsOf({ evacuated }: { readonly evacuated: Evacuated }): number {
  return Object.values(evacuated).reduce((sum, count) => sum + count, 0);
}

/** `, of them 2 for mb and 1 for cc`; empty if there are none. */
export function standInWords(evacuated: Evacuated): string {
  const words = Object.entries(evacuated).map(([host, count]) => `${count} for ${host}`);
  return words.length === 0 ? "" : `, of them ${words.join(" and ")}`;
}
