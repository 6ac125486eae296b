import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { Command } from "commander";
import { ensureIdentity, type Identity } from "../../healer/peers/identity.ts";
import { peerKeyPath, peerPinsDir } from "../../healer/peers/peerAddress.ts";
import { parsePeerKey } from "../../healer/peers/peerKey.ts";
import { pinPath, trustPeer } from "../../healer/peers/pins.ts";
import { readSite } from "../../host/readSite.ts";
import { requireHost } from "../../host/requireHost.ts";
import { HealerError } from "../healerError.ts";
import { checkout } from "../place.ts";

export function peerCommand(): Command {
  return new Command("peer")
    .description("Let the healers of the site's hosts know each other, by their keys.")
    .addCommand(keyCommand())
    .addCommand(trustCommand());
}

function keyCommand(): Command {
  return new Command("key")
    .description("Print the public key of this host's healer, which is made if there is none.")
    .addHelpText(
      "after",
      `
Runs on the host itself, as root. The secret part stays in ${peerKeyPath}.

Examples:
  vigil peer key
  vigil peer key | ssh-keygen -lf -         its fingerprint, as the healers' logs name it`,
    )
    .action(async () => {
      const { key } = await ownIdentity();
      process.stdout.write(`${key.text} vigil@${hostname()}\n`);
    });
}

function trustCommand(): Command {
  return new Command("trust")
    .description("Write down which key another host's healer has. From then on that one is heard, and no other.")
    .argument("<host>", "another host of the site")
    .argument("<key...>", "what `vigil peer key` prints on that host")
    .addHelpText(
      "after",
      `
Runs on the host that shall trust, as root, and replaces the key that was trusted before. A healer that runs sees it
within a second. To trust a host no longer, remove its file in ${peerPinsDir}.

Examples:
  vigil peer trust mb ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI...
  vigil peer trust mb $(ssh mb /opt/vigil/cli/vigil peer key)`,
    )
    .action(async (peer: string, words: string[]) => {
      const site = await readSite(checkout);
      requireHost(site, peer);
      const key = parsePeerKey(words.join(" "));
      if (key === undefined) {
        throw new HealerError(
          "ERR_USAGE",
          `${words.join(" ")} is no ed25519 public key: copy what \`vigil peer key\` prints on ${peer}, ssh-ed25519 AAAA...`,
        );
      }
      const { key: own } = await ownIdentity();
      const trust = { peer, key, peers: Object.keys(site.hosts), own };
      const before = await trustPeer(peerPinsDir, trust).catch((error: Error) => {
        throw new HealerError("ERR_REFUSED", error.message);
      });
      const was = before === undefined || before.text === key.text ? "" : `, and no longer ${before.fingerprint}`;
      process.stdout.write(`${peer} is trusted by ${key.fingerprint}${was}: ${pinPath(peerPinsDir, peer)}\n`);
    });
}

/** Rejects HealerError, which is told without a stack. */
async function ownIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) throw new HealerError("ERR_REFUSED", "a host's key is root's: run this as root.");
  await mkdir(dirname(peerKeyPath), { recursive: true });
  return await ensureIdentity(peerKeyPath).catch((error: Error) => {
    throw new HealerError("ERR_REFUSED", error.message);
  });
}
