import { join } from "node:path";
import { stateDir } from "../../infra/paths.ts";

/** The loopback address and no other: whoever is on the machines' network must not even find a port. */
export const apiHost = "127.0.0.1";
export const apiPort = 9180;
export const apiUrl = `http://${apiHost}:${apiPort}`;

/** What a caller has to know: whoever may read this file may ask and pause the healer. */
export const tokenPath = join(stateDir, "token");
