/**
 * What the switch saw of one virtual address: VRRP adverts, ARP claims, and answers from the address. A poller cannot
 * resolve a takeover of 0.3 s; the frames of a capture can. tcpdump decodes them, we read its lines.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Advert {
  readonly type: "advert";
  readonly timeMs: number;
  readonly mac: string;
  readonly vrid: number;
  /** 0 announces that the sender gives the address up. */
  readonly priority: number;
}

export interface ArpClaim {
  readonly type: "claim";
  readonly timeMs: number;
  readonly address: string;
  /** Where the address is said to be. */
  readonly mac: string;
}

export interface Answer {
  readonly type: "answer";
  readonly timeMs: number;
  readonly address: string;
  readonly mac: string;
}

export type Frame = Advert | ArpClaim | Answer;

const advert = /: VRRPv\d, Advertisement, vrid (\d+), prio (\d+)/;
const arpReply = /: Reply ([\d.]+) is-at ([0-9a-f:]{17})/;
const arpRequest = /: Request who-has ([\d.]+)(?: \(\S+\))? tell ([\d.]+)/;
const tcpData = / ([\d.]+)\.\d+ > [\d.]+: Flags .* length (\d+)/;
const head = /^(\d+\.\d+) .*?\b([0-9a-f]{2}(?::[0-9a-f]{2}){5})\b/;

/** Reads one line of `tcpdump -tt -n -e`; undefined for a frame that says nothing about who has an address. */
export function parseFrame(line: string): Frame | undefined {
  const [, seconds, mac] = head.exec(line) ?? [];
  if (seconds === undefined || mac === undefined) return undefined;
  const timeMs = Number(seconds) * 1000;

  const [, vrid, priority] = advert.exec(line) ?? [];
  if (vrid !== undefined) return { type: "advert", timeMs, mac, vrid: Number(vrid), priority: Number(priority) };

  const [, claimed, claimant] = arpReply.exec(line) ?? [];
  if (claimed !== undefined && claimant !== undefined) {
    return { type: "claim", timeMs, address: claimed, mac: claimant };
  }
  const [, wanted, asker] = arpRequest.exec(line) ?? [];
  if (wanted !== undefined && wanted === asker) return { type: "claim", timeMs, address: wanted, mac };
  const [, from, length] = tcpData.exec(line) ?? [];
  if (from !== undefined && Number(length) > 0) return { type: "answer", timeMs, address: from, mac };
  return undefined;
}

/**
 * The frames of a capture file, in the order of their arrival. Rejects if tcpdump cannot be started or knows no frame
 * at all; a file that ends within a frame, as one does when its writer was killed, is read up to there.
 */
export async function readFrames(path: string): Promise<Frame[]> {
  const tcpdump = spawn("tcpdump", ["-tt", "-n", "-e", "-r", path], { stdio: ["ignore", "pipe", "pipe"] });
  const complaints: string[] = [];
  tcpdump.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  const ended = new Promise<void>((resolve, reject) => tcpdump.once("error", reject).once("close", () => resolve()));

  const frames: Frame[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: tcpdump.stdout })) {
      const frame = parseFrame(line);
      if (frame !== undefined) frames.push(frame);
    }
  })();
  await Promise.all([ended, reading]);
  if (frames.length === 0) throw new Error(`no VRRP or ARP frame in ${path}: ${complaints.join("").trim()}`);
  return frames.sort((one, other) => one.timeMs - other.timeMs);
}
