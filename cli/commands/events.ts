import { Readable } from "node:stream";
import { Command, InvalidArgumentError, Option } from "commander";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { type EntryKind, entryKinds } from "../../healer/api/schemas.ts";
import { HealerClient } from "../askHealer.ts";
import { HealerError } from "../healerError.ts";
import { ranInLab } from "../inLab.ts";
import { chosenLab, type LabChoice, labOption } from "../labOption.ts";
import { type Format, formatOption } from "../output.ts";
import { parseDuration } from "../parseDuration.ts";
import { journalLineSchema, renderEvent } from "../render/renderEvent.ts";

interface Wanted {
  readonly follow?: true;
  readonly since?: string;
  readonly slot?: string;
  readonly kind?: readonly EntryKind[];
}

type Options = LabChoice & { output: Format } & Wanted;

const defaultSince = "1h";

export function eventsCommand(): Command {
  return new Command("events")
    .description("Print what a host's healer has written into its journal: what it saw, decided and did, and why.")
    .argument("[host]", "a host of the site; without it, the one that this machine is")
    .option("-f, --follow", "go on with what it writes from now on")
    .option("--since <when>", "begin so long ago (30m), or after the entry with this number (42)", checkedSince)
    .option("--slot <slot>", "only what is about this machine")
    .addOption(
      new Option("--kind <kind>", "only entries of this kind; give it more than once for several")
        .choices(entryKinds)
        .argParser(collectKinds),
    )
    .addOption(labOption())
    .addOption(formatOption())
    .addHelpText(
      "after",
      `
Without --since it begins an hour ago, or with --follow now. With -o json each line is one entry.

Examples:
  vigil events bk
  vigil events bk --follow --slot web-1
  vigil events bk --kind page --kind breaker --since 24h
  vigil events bk --since 24h -o json | jq -r .sentence`,
    )
    .action(async (host: string | undefined, options: Options) => {
      if (await ranInLab(chosenLab(options), host)) return;
      const ending = new AbortController();
      for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => ending.abort());
      const body = await new HealerClient().stream(host, pathOf(options, Date.now()), { signal: ending.signal });
      await print(body, options, ending.signal);
    });
}

export function pathOf({ follow, since, slot, kind = [] }: Wanted, nowMs: number): string {
  const query = new URLSearchParams({ follow: `${follow === true}` });
  const from = since ?? (follow === true ? undefined : defaultSince);
  if (from !== undefined) {
    query.set("since", isNumber(from) ? from : new Date(nowMs - parseDuration(from)).toISOString());
  }
  if (slot !== undefined) query.set("slot", slot);
  for (const one of kind) query.append("kind", one);
  return `/v1/events?${query}`;
}

async function print(body: Readable, { output, follow }: Options, signal: AbortSignal): Promise<void> {
  const text = Readable.toWeb(body).pipeThrough(new TextDecoderStream());
  try {
    for await (const { data } of text.pipeThrough(new EventSourceParserStream())) {
      const line = journalLineSchema.parse(JSON.parse(data));
      process.stdout.write(output === "json" ? `${JSON.stringify(line)}\n` : renderEvent(line));
    }
  } catch (error) {
    // Who ended it knows that it is over.
    if (signal.aborted) return;
    throw new HealerError("ERR_NO_HEALER", `the healer has ended the stream: ${(error as Error).message}`);
  }
  if (follow === true && !signal.aborted) throw new HealerError("ERR_NO_HEALER", "the healer has ended the stream.");
}

function collectKinds(text: string, before: readonly EntryKind[] = []): EntryKind[] {
  const kind = entryKinds.find((known) => known === text);
  if (kind === undefined) throw new InvalidArgumentError(`Allowed choices are ${entryKinds.join(", ")}.`);
  return [...before, kind];
}

function checkedSince(text: string): string {
  if (isNumber(text)) return text;
  try {
    parseDuration(text);
    return text;
  } catch {
    throw new InvalidArgumentError("Write a time as 90s, 30m or 1h, or the number of an entry.");
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}
