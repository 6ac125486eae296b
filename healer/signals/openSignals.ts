import { join } from "node:path";
import type { Logger } from "pino";
import { bridge } from "../../infra/facts.ts";
import { hostFolders, stateDir } from "../../infra/paths.ts";
import type { StackOutputs } from "../../stacks/outputs.ts";
import type { PeerState } from "../core/peer.ts";
import { watchDomains } from "./domains.ts";
import { listenToHeartbeats } from "./heartbeats.ts";
import { tellOfPeers } from "./peersTold.ts";
import { createProbes, type Probes } from "./probes.ts";
import type { Emit } from "./signal.ts";
import { watchSpace } from "./space.ts";
import { startTicks } from "./ticks.ts";
import { watchVipHolders } from "./vipHolders.ts";
import { watchWitness } from "./witness.ts";

/**
 * Opens everything by which the healer of a host learns about what is deployed there, and about the other hosts, of whose
 * healers `peers` says what was heard last.
 */
export function openSignals(outputs: StackOutputs, peers: () => readonly PeerState[], log: Logger, emit: Emit): Probes {
  const { slots, vip } = outputs;
  const { site, "libvirt:uri": uri } = outputs.applied.config;
  const machines = slots.map(({ heartbeatPort: port, ...slot }) => ({
    ...slot,
    port,
    /** The volume that is its disk, as a file of the pool. */
    diskPath: join(hostFolders.poolDir, `${slot.slot}-disk.qcow2`),
  }));
  const probes = createProbes({ targets: machines, log }, emit);
  const signals = [
    startTicks({}, emit),
    listenToHeartbeats({ targets: machines, log }, emit),
    watchDomains({ uri, targets: machines, bridge, log }, emit),
    watchVipHolders({ bridge, vip, log }, emit),
    watchSpace({ poolDir: hostFolders.poolDir, stateDir, log }, emit),
    tellOfPeers({ peers }, emit),
    ...(site.witness === undefined ? [] : [watchWitness({ address: site.witness, log }, emit)]),
    probes,
  ];
  return {
    probe: (slot) => probes.probe(slot),
    async close() {
      await Promise.all(signals.map((signal) => signal.close()));
    },
  };
}
