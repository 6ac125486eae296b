/**
 * Before what is measured with fewer guests: `node bench/setWorkers.ts LAB HOST COUNT` scales a host as a person would,
 * under its healer.
 */
import { labNamed } from "../lab/lab.ts";
import { readyHealers, rememberHealers } from "./healers.ts";
import { openRig, vigilOn } from "./rig.ts";

const [lab = "", host = "", workers = ""] = process.argv.slice(2);
const rig = await openRig(labNamed(lab));
const restoreHealers = await rememberHealers(rig);
try {
  await readyHealers(rig, "running");
  await vigilOn(rig, host, "scale", host, workers);
} finally {
  await restoreHealers();
}
