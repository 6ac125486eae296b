import { access, mkdir, readFile } from "node:fs/promises";
import type { Lab } from "./lab.ts";
import { LabError } from "./labError.ts";
import type { LabHost, LabSite } from "./labSite.ts";
import { writeRecord } from "./writeRecord.ts";

/** Whose lab it is, and the site that it was built for. */
export interface Owner {
  readonly checkout: string;
  readonly cacheDir: string;
  readonly site: LabSite;
}

/** Undefined if there is no such lab. */
export async function ownerOf(lab: Lab): Promise<Owner | undefined> {
  const text = await readFile(lab.ownerPath, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Owner);
}

/** Rejects ERR_LAB_NOT_UP if there is no such lab. */
export async function requireOwner(lab: Lab): Promise<Owner> {
  const owner = await ownerOf(lab);
  if (owner !== undefined) return owner;
  throw new LabError("ERR_LAB_NOT_UP", `lab ${lab.name} is not up; start it with \`vigil lab up --lab ${lab.name}\`.`);
}

/** Rejects ERR_USAGE if the lab's site has no such host. */
export async function hostNamed(lab: Lab, name: string): Promise<LabHost> {
  const { hosts } = (await requireOwner(lab)).site;
  const host = hosts.find((candidate) => candidate.name === name);
  if (host !== undefined) return host;
  const known = hosts.map((candidate) => candidate.name).join(", ");
  throw new LabError("ERR_USAGE", `lab ${lab.name} has no host ${name}; it has ${known}.`);
}

/** Enters the checkout as the lab's owner. Rejects ERR_LAB_FOREIGN if the lab belongs to another one. */
export async function claim(lab: Lab, owner: Owner): Promise<void> {
  await requireOwn(lab, owner.checkout);
  await mkdir(lab.runDir, { recursive: true });
  await writeRecord(lab.ownerPath, owner);
}

/** Rejects ERR_LAB_FOREIGN if the lab belongs to another checkout that still exists. */
export async function requireOwn(lab: Lab, checkout: string): Promise<void> {
  const owner = await ownerOf(lab);
  if (owner === undefined || owner.checkout === checkout) return;
  const gone = await access(owner.checkout).then(
    () => false,
    () => true,
  );
  if (gone) return;
  throw new LabError(
    "ERR_LAB_FOREIGN",
    `lab ${lab.name} belongs to ${owner.checkout}: take it down from there, or choose another name with --lab.`,
  );
}
