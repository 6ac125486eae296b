/**
 * Where a host keeps what vigil owns. The paths are constants, not configuration: the program must mean the same
 * whether a person runs it, the healer runs it, or it runs inside a virtual host of the lab.
 */
export const stateDir = "/var/lib/vigil";
export const imageDir = `${stateDir}/images`;
export const poolDir = `${stateDir}/pool`;
export const seedDir = `${stateDir}/seeds`;
export const desiredPath = `${stateDir}/desired.json`;
