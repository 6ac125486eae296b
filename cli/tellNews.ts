/** Whoever waits is told at least so often what is waited for. */
export const repeatMs = 15_000;

/** Returns what tells a sentence on if it is another than the last. One that only counts on says nothing new for a while. */
export function tellNews(onLine: (sentence: string) => void, againMs = repeatMs): (sentence: string) => void {
  let told: string | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;
  return (sentence) => {
    const gist = sentence.replace(/\d+ (ms|%)/g, "");
    if (gist === told && performance.now() - toldMs < againMs) return;
    onLine(sentence);
    told = gist;
    toldMs = performance.now();
  };
}
