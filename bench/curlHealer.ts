import { apiUrl, tokenPath } from "../healer/api/apiAddress.ts";
import { inHost } from "../lab/machine.ts";
import type { LabPlace } from "./previewOf.ts";

/** Asks a host's healer over its API, and resolves to what curl prints. `options` are curl's, in the words of a shell. */
export function curlHealer({ lab, host }: LabPlace, path: string, options = ""): Promise<string> {
  // The token is on no command line: printf is the shell's own.
  const header = `printf 'header = "Authorization: Bearer %s"\\n' "$(cat ${tokenPath})"`;
  return inHost(lab, host, ["sh", "-c", `${header} | curl -s -m 10 -K - ${options} ${apiUrl}${path}`]);
}
