/** A dropbear, as the guests run it, on a loopback port of its own with keys of its own. Needs root. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

export interface SshServer {
  /** What `command.remote.Command` needs to reach this server. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly privateKey: string;
    readonly hostKey: string;
  };
  start(): void;
  [Symbol.dispose](): void;
}

/** Does not listen before `start`. */
export async function createSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "vigil-sshd-"));
  const port = await freePort();
  const hostKey = createKey(join(folder, "host"));
  const loginKey = createKey(join(folder, "login"));
  execFileSync("dropbearconvert", ["openssh", "dropbear", hostKey.path, join(folder, "host.dropbear")], {
    stdio: "ignore",
  });
  const home = join(folder, "home");
  mkdirSync(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, ".ssh", "authorized_keys"), loginKey.publicKey, { mode: 0o600 });
  let process: ChildProcess | undefined;
  return {
    connection: {
      host: "127.0.0.1",
      port,
      user: userInfo().username,
      privateKey: loginKey.privateKey,
      hostKey: hostKey.publicKey.trim(),
    },
    start: () => {
      // dropbear reads the keys that may log in from the user's home only, so it sees another folder there.
      const script = 'mount --bind "$1" "$2" && shift 2 && exec dropbear "$@"';
      const dropbear = ["-F", "-s", "-r", join(folder, "host.dropbear"), "-p", `127.0.0.1:${port}`];
      process = spawn("unshare", ["--mount", "sh", "-c", script, "sh", home, userInfo().homedir, ...dropbear], {
        stdio: "ignore",
      });
    },
    [Symbol.dispose]: () => {
      process?.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function createKey(path: string): { path: string; privateKey: string; publicKey: string } {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "contract", "-f", path]);
  return { path, privateKey: readFileSync(path, "utf8"), publicKey: readFileSync(`${path}.pub`, "utf8") };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("the loopback interface gave no port");
  return address.port;
}
