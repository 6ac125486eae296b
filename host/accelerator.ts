import { constants } from "node:fs";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAny } from "./run.ts";

export type Accelerator = "kvm" | "tcg";

const probeTimeoutMs = 2_000;

/** QEMU's isa-debug-exit device ends QEMU with twice the byte that the guest wrote to its port, plus one. */
const probeByte = 0x10;
const probeExitCode = 2 * probeByte + 1;

/**
 * Decides by booting a guest. A nested /dev/kvm may be there, open without complaint, and hang every guest, so neither
 * its presence nor what libvirt says about it is worth anything. Where KVM works the probe takes a tenth of a second.
 */
export async function detectAccelerator(cacheDir: string): Promise<Accelerator> {
  const isThere = await access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isThere) return "tcg";
  // A failed probe takes its whole time limit and would fail again until the next boot, so it is remembered until then.
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const failurePath = join(cacheDir, "kvmProbeFailed");
  if ((await readFile(failurePath, "utf8").catch(() => undefined)) === bootId) return "tcg";
  if (await bootsWithKvm()) return "kvm";
  await writeFile(failurePath, bootId).catch(() => {});
  return "tcg";
}

async function bootsWithKvm(): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), "vigil-kvm-"));
  try {
    const disk = join(dir, "disk");
    await writeFile(disk, bootSector());
    const argv = ["qemu-system-x86_64", "-accel", "kvm", "-m", "16", "-display", "none", "-nodefaults", "-no-reboot"];
    const devices = ["-device", "isa-debug-exit,iobase=0xf4,iosize=1", "-drive", `file=${disk},format=raw`];
    return (await runAny([...argv, ...devices], { timeoutMs: probeTimeoutMs })).code === probeExitCode;
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** A disk whose boot sector writes the byte to the exit device and, should that not exist, halts. */
function bootSector(): Buffer {
  const sector = Buffer.alloc(512);
  // mov al, probeByte; out 0xf4, al; hlt
  sector.set([0xb0, probeByte, 0xe6, 0xf4, 0xf4]);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
