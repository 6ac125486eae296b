export interface PlainDomain {
  readonly name: string;
  readonly mac: string;
  /** Paths of the disk and of the seed. */
  readonly disks: readonly [string, string];
}

/**
 * Makes the definition of a plain balancer's domain out of a product balancer's, so that both have the same machine
 * under them: only what names it and what it boots from is different. Throws if the definition is not as expected.
 */
export function plainDomain(xml: string, { name, mac, disks: [disk, seed] }: PlainDomain): string {
  const [first, second] = [diskElement("qcow2", disk, "vda"), diskElement("raw", seed, "vdb")];
  return [
    [/<name>[^<]*<\/name>/, `<name>${name}</name>`],
    // libvirt draws new ones.
    [/\s*<uuid>[^<]*<\/uuid>/, ""],
    [/\s*<genid>[^<]*<\/genid>/, ""],
    [/<mac address=['"][^'"]*['"]\/>/, `<mac address='${mac}'/>`],
    [/<disk [\s\S]*<\/disk>/, `${first}\n    ${second}`],
  ].reduce((text, [pattern = "", replacement = ""]) => replaceOne(text, pattern as RegExp, replacement as string), xml);
}

function diskElement(format: string, path: string, target: string): string {
  return `<disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${path}'/><target dev='${target}' bus='virtio'/></disk>`;
}

function replaceOne(xml: string, pattern: RegExp, replacement: string): string {
  if (!pattern.test(xml))
    throw new Error(`the balancer's domain has nothing like ${pattern}: is it one of the product's?`);
  return xml.replace(pattern, replacement);
}
