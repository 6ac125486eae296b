/** The floor: the least program that reads the same streams with the same libraries, and does nothing with them. */
import { createParser } from "eventsource-parser";
import { Client } from "undici";
import { startTicks } from "../../healer/signals/ticks.ts";
import { answerQuestions, readOptions } from "./child.ts";
import { Meter } from "./meter.ts";
import type { ReaderOptions, Stream } from "./protocol.ts";

const { streams } = await readOptions<ReaderOptions>();
const meter = new Meter();
let isOver = false;

startTicks({}, (event) => {
  if (event.kind === "tick") meter.ticked(event.lagMs);
});
for (const stream of streams) {
  read(stream).catch((error: Error) => {
    if (!isOver) throw error;
  });
}
answerQuestions({
  begin: () => meter.begin(),
  end: () => {
    isOver = true;
    return meter.end();
  },
  count: () => meter.beats,
});
process.send?.({ ready: null });

async function read({ address, port }: Stream): Promise<void> {
  const client = new Client(`http://${address}:${port}`);
  const { body } = await client.request({ method: "GET", path: "/heartbeat" });
  const parser = createParser({
    onEvent: () => {
      meter.beats += 1;
    },
  });
  body.setEncoding("utf8");
  for await (const chunk of body) parser.feed(chunk);
}
