import type { Case } from "./case.ts";
import { holderNginx, holderVm } from "./holderLoss.ts";
import { hostPower, hostReboot } from "./hostAway.ts";
import { coresBusy, coresCrowded, overload } from "./needlessRepairs.ts";
import { postOnce } from "./postOnce.ts";
import { scale } from "./scale.ts";
import { slowGet } from "./slowGet.ts";
import { vipMove } from "./vipMove.ts";
import { workerVm } from "./workerLoss.ts";
import { workersCut, workersFrozen } from "./workersAway.ts";

/** Every fault that is measured, in the order in which the end-to-end tests make them happen. */
export const faultCases: readonly Case[] = [
  holderNginx,
  holderVm,
  workerVm,
  workersFrozen,
  workersCut,
  slowGet,
  postOnce,
];

/** What is no fault, and takes long to prove. It runs under healers, which mend what other cases break and mend. */
export const stressCases: readonly Case[] = [coresBusy, coresCrowded, overload];

/** What only healers answer: without them a host that is lost stays lost. */
export const hostCases: readonly Case[] = [hostPower];

/** What a person wishes of the healers while the service is used. */
export const wishCases: readonly Case[] = [scale, vipMove, hostReboot];
