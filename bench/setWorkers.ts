/**
 * Before what is measured with fewer guests: `node bench/setWorkers.ts LAB HOST COUNT` scales a host as a person would,
 * under its healer.
 */
import { labNamed } from "../lab/lab.ts";
import { inHost } from "../lab/machine.ts";
import { readyHealers, rememberHealers } from "./healers.ts";
import { openRig } from "./rig.ts";

const [lab = "", host = "", workers = ""] = process.argv.slice(2);
const rig = await openRig(labNamed(lab));
const restoreHealers = await rememberHealers(rig);
try {
  await readyHealers(rig, "running");
  await inHost(rig.lab, host, ["cli/vigil", "scale", host, workers]);
} finally {
  await restoreHealers();
}
