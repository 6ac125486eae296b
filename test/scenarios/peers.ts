/** Healers that lose each other for a while, and what they make of it: nothing but a sentence. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { statusOf } from "../../bench/statusOf.ts";
import type { PeerStatusAnswer } from "../../healer/api/schemas.ts";
import { startHealer, stopHealer } from "../../lab/healers.ts";
import { inHostAny } from "../../lab/machine.ts";
import { ownerOf } from "../../lab/owner.ts";
import { breakNow, type Diary, expectCalm, mendNow, type Place } from "../support/healing.ts";
import type { Scenario } from "./scenario.ts";

const hearTimeoutMs = 20_000;

export const silentPeer: Scenario = {
  what: "a peer that is cut off for some seconds is silent, comes back, and nothing is repaired because of it",
  async play(place, diary) {
    const peer = await otherHost(place);
    await startHealer(place.lab, peer);
    try {
      await untilPeer(place, "green", diary);
      await expectCalm(
        place,
        async () => {
          await breakNow({ ...place, host: peer }, "port");
          await untilPeer(place, "silent", diary);
          await lastWordOf(place, peer);
        },
        diary,
      );
    } finally {
      await mendNow({ ...place, host: peer }, "port");
    }
    await untilPeer(place, "green", diary);
    await stopHealer(place.lab, peer);
    const told = await untilPeer(place, "silent", diary);
    assert.match(told, /^it went away on purpose \(its healer was told to end\)/);
    await startHealer(place.lab, peer);
    await untilPeer(place, "green", diary);
  },
};

/** Asked on one host, of the other one that is cut off. */
async function lastWordOf({ lab, host }: Place, peer: string): Promise<void> {
  const { stdout } = await inHostAny(lab, host, ["cli/vigil", "status", "--host", peer, "-o", "json"]);
  const said = JSON.parse(stdout) as PeerStatusAnswer;
  assert.equal(said.isLive, false);
  assert.equal(said.status.host, peer);
}

/** The name of the lab's second host, as the first one sees it. */
export async function otherHost({ lab, host }: Place): Promise<string> {
  const owner = await ownerOf(lab);
  const other = owner?.site.hosts.find(({ name }) => name !== host);
  assert.ok(other, "the lab has no second host");
  return other.name;
}

/** Resolves to the sentence. */
async function untilPeer(place: Place, status: string, diary: Diary): Promise<string> {
  const deadlineMs = performance.now() + hearTimeoutMs;
  for (;;) {
    const [peer] = (await statusOf(place)).peers;
    if (peer?.status === status) {
      diary.diagnostic(`${peer.peer} is ${status}: ${peer.sentence}`);
      return peer.sentence;
    }
    assert.ok(performance.now() < deadlineMs, `it is ${peer?.status}: ${peer?.sentence}`);
    await sleep(250);
  }
}
