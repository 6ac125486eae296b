import { type History, incidentsOf, type Incident as Remembered } from "../history/history.ts";
import { lossesOf } from "../history/losses.ts";
import type { Incident, Loss } from "./schemas.ts";

/** The newest incidents, newest first. `slot`: only those of this one. */
export function incidentsView(history: History, slot: string | undefined, limit: number): Incident[] {
  return incidentsOf(history)
    .filter((incident) => slot === undefined || incident.slot === slot)
    .slice(0, limit)
    .map(incidentView);
}

export function incidentView({ repairs, ...incident }: Remembered): Incident {
  return { ...incident, repairs: repairs.map(({ slots, ...repair }) => ({ ...repair, slots: [...slots] })) };
}

/** The newest losses of other hosts, newest first. */
export function lossesView({ losses }: History, limit: number): Loss[] {
  return lossesOf(losses)
    .slice(0, limit)
    .map((loss) => ({ ...loss, standIns: [...loss.standIns] }));
}
