/** A file of a guest that the program owns: its content is part of the plan and its hash is checked for drift. */
export interface ManagedFile {
  readonly path: string;
  /** Octal permissions as chmod takes them, for example "0644". */
  readonly mode: string;
  readonly content: string;
}

export interface Provisioning {
  readonly files: readonly ManagedFile[];
  /** The OpenRC service that reads these files. */
  readonly service: string;
  /**
   * A shell command that must succeed before any file is installed. `@STAGED@` stands for the folder that holds the new
   * files under their full paths, so that a configuration which does not parse never replaces one that works.
   */
  readonly check: string;
}

/** The guest's SSH server takes 9000 bytes of a command, and the files of a large site are longer. */
export const runsItsInput = "sh";

/**
 * Renders the POSIX shell script that brings the files of one service up to date in a guest. The script is idempotent:
 * equal files are left alone, a running service is reloaded only when something changed, a stopped one is started.
 * It exits non-zero, with every old file still in place, when the check refuses the new ones. It may be given to a shell as
 * its input: one that has read the first brace reads on to the last before it runs anything.
 */
export function provisionScript({ files, service, check }: Provisioning): string {
  return `{
set -eu
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT

stage() { # PATH MODE BASE64
  mkdir -p "$staged$(dirname "$1")"
  printf %s "$3" | base64 -d > "$staged$1"
  chmod "$2" "$staged$1"
}
${files.map((file) => `stage ${file.path} ${file.mode} ${Buffer.from(file.content).toString("base64")}`).join("\n")}

${check.replaceAll("@STAGED@", "$staged")}

changed=
for path in ${files.map((file) => file.path).join(" ")}; do
  cmp -s "$staged$path" "$path" && continue
  mkdir -p "$(dirname "$path")"
  # A rename within one file system: whoever reads the file sees the old one or the new one, never half of it.
  cp -p "$staged$path" "$path.new"
  mv "$path.new" "$path"
  changed="$changed $path"
done

if ! rc-service ${service} status >/dev/null 2>&1; then
  rc-service ${service} start
elif [ -n "$changed" ]; then
  rc-service ${service} reload
fi
echo "${service}:\${changed:- unchanged}"
}
`;
}
