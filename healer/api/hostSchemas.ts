/** What the API answers of the other hosts of the site. */
import { z } from "zod";
import { type HostStatus, hostStatuses } from "../core/hostStatuses.ts";

export const hostStatusNames = Object.keys(hostStatuses) as [HostStatus, ...HostStatus[]];

export const otherHostSchema = z
  .object({
    host: z.string(),
    status: z
      .enum(hostStatusNames)
      .describe(
        "`lost`: neither its healer nor any of its workers is heard. `isolated`: this host itself is cut off. `returned`: it is heard again, and workers here still stand in for its own.",
      ),
    since: z.iso.datetime(),
    forMs: z.int().nonnegative(),
    sentence: z.string().describe("Why it is believed to be so."),
    standIns: z.array(z.string()).describe("The machines of this host that stand in for its workers."),
    done: z.string().describe("What was done about it here."),
    next: z.string().describe("What happens next."),
  })
  .meta({ id: "OtherHost" });

export type OtherHostView = z.infer<typeof otherHostSchema>;

/** Those of which there is something to say: that they are lost or away, or are getting their workers back. */
export function isNews({ status, standIns }: Pick<OtherHostView, "status" | "standIns">): boolean {
  return status === "lost" || status === "isolated" || status === "planned" || standIns.length > 0;
}
