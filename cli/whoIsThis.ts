import { userInfo } from "node:os";

/** For the journal. Whoever became root with sudo has a name of their own. */
export function whoIsThis(): string {
  return process.env.SUDO_USER ?? userInfo().username;
}
