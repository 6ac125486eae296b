import type { Case } from "./case.ts";
import { coldStart } from "./coldStart.ts";
import { holderNginx, holderVm } from "./holderLoss.ts";
import { hostChange, hostPower, hostReboot } from "./hostAway.ts";
import { hostCut, hostDeaf, hostMute, witnessLost } from "./hostCut.ts";
import { coresBusy, coresCrowded, diskStalls, framesLost, memoryTight } from "./needlessRepairs.ts";
import { overload } from "./overload.ts";
import { postOnce } from "./postOnce.ts";
import { repair, repairBalancer } from "./repair.ts";
import { scale } from "./scale.ts";
import { slowGet } from "./slowGet.ts";
import { holderFrozen, holderPaused } from "./staleHolder.ts";
import { unchangedUp } from "./unchangedUp.ts";
import { vipMove } from "./vipMove.ts";
import { workerVm } from "./workerLoss.ts";
import { workersCut, workersFrozen } from "./workersAway.ts";

/** Every fault that is measured, in the order in which the end-to-end tests make them happen. */
export const faultCases: readonly Case[] = [
  holderNginx,
  holderVm,
  holderFrozen,
  holderPaused,
  workerVm,
  workersFrozen,
  workersCut,
  slowGet,
  postOnce,
];

/** What is no fault, and takes long to prove. It runs under healers, which mend what other cases break and mend. */
export const stressCases: readonly Case[] = [coresBusy, coresCrowded, memoryTight, diskStalls, framesLost, overload];

/** What healers answer, or have to leave alone: without them a host that is lost stays lost. */
export const hostCases: readonly Case[] = [hostPower, hostCut, hostDeaf, hostMute, witnessLost, coldStart];

/** What a person wishes of the healers while the service is used. */
export const wishCases: readonly Case[] = [scale, vipMove, hostReboot, hostChange];

/** What people do by other means, side by side with them. */
export const methodCases: readonly Case[] = [repair, repairBalancer, unchangedUp];
