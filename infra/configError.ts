/** One thing that is wrong in a file that a person wrote. */
export interface Problem {
  /** The file to open, as the person knows it: `Pulumi.yaml`, `Pulumi.bk.yaml`, `desired.json`. */
  readonly file: string;
  /** The path of the key within the file: `vigil:site.hosts.mb.pool`. */
  readonly key: string;
  /** The value as it was found, or `nothing`. */
  readonly found: string;
  /** What to do about it, and why. */
  readonly remedy: string;
}

/** Everything that is wrong with what a person wrote, all at once. Nothing was declared or changed. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(render(problems));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

function render(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const entries = problems.map(({ file, key, found, remedy }) => {
    return `  ${file}: ${key}\n    found: ${found}\n    to do: ${remedy}`;
  });
  return [`${count} in the configuration; nothing was changed.`, ...entries].join("\n\n");
}

/** A value as a person would recognise it, cut where it grows long. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
