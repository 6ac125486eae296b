import { type Finished, run, runAny } from "../../host/run.ts";

/** libvirt answers in milliseconds or not at all; only the end of a domain that does not want to end takes 15 s. */
const defaultTimeoutMs = 10_000;

/** Rejects CommandError with what libvirt said. */
export async function virsh(uri: string, command: readonly string[], timeoutMs = defaultTimeoutMs): Promise<string> {
  return (await run(argv(uri, command), { timeoutMs })).trim();
}

/** Never rejects because of what libvirt says. */
export function virshAny(uri: string, command: readonly string[], timeoutMs = defaultTimeoutMs): Promise<Finished> {
  return runAny(argv(uri, command), { timeoutMs });
}

/** In libvirt's words: `running`, `paused`, `shut off`, `crashed`, `in shutdown`; undefined if there is no such domain. */
export async function domainState(uri: string, domain: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await virshAny(uri, ["domstate", domain]);
  if (code === 0) return stdout.trim();
  if (/failed to get domain|Domain not found/i.test(stderr)) return undefined;
  throw new Error(`libvirt does not say how ${domain} is: ${stderr.trim() || `virsh exited with ${code}`}`);
}

function argv(uri: string, command: readonly string[]): string[] {
  // The messages are matched, so they must not be translated.
  return ["env", "LC_ALL=C", "virsh", "--quiet", "--connect", uri, ...command];
}
