/** Everything that is measured, in its order, as often as its promise was made for. `make bench` and `make soak` run it. */

export interface Part {
  /** A line of the table at the end. */
  readonly name: string;
  readonly argv: readonly string[];
  /** With emulated guests on two cores; under KVM it takes less. */
  readonly minutes: number;
}

/** As many busy connections as two cores carry that also emulate six machines. Raise it on a machine with KVM. */
const users = process.env.VIGIL_BENCH_USERS ?? "12";
/** 50 kept connections, of people who think for as long as two cores need that emulate five machines. */
const people = ["--users", "50", "--think-ms", "12000-16000"];
/** While two or three more boot. */
const patientPeople = ["--users", "50", "--think-ms", "24000-30000"];

export function seriesIn(lab: string): readonly Part[] {
  const fault = (name: string, runs: number, minutes: number, ...more: readonly string[]): Part => ({
    name: [name, ...more.filter((word) => /^[a-z]/.test(word))].join(" "),
    argv: ["cli/vigil", "bench", "--fault", name, "--runs", `${runs}`, "--lab", lab, ...more],
    minutes,
  });
  const watching = (name: string, minutes: number): Part => ({
    name,
    argv: [process.execPath, "bench/watching.ts", name],
    minutes,
  });
  const busy = ["--users", users] as const;
  const healed = ["--healers", "running"] as const;
  const workers = (host: string, count: number): Part => {
    const name = `workers on ${host}: ${count}`;
    return { name, argv: [process.execPath, "bench/setWorkers.ts", lab, host, `${count}`], minutes: 2 };
  };
  return [
    fault("holder-nginx", 10, 6),
    fault("holder-nginx", 10, 8, "--baseline", "defaults"),
    fault("holder-vm", 10, 15),
    fault("holder-vm", 10, 17, "--baseline", "defaults"),
    fault("holder-vm", 10, 20, ...healed),
    fault("holder-frozen", 10, 12),
    fault("holder-paused", 10, 12),
    fault("holder-frozen", 10, 15, ...healed),
    fault("holder-paused", 10, 15, ...healed),
    fault("worker-vm", 20, 22, ...busy, "--baseline", "tuned"),
    fault("worker-vm", 20, 20, ...busy, ...healed),
    fault("workers-frozen", 10, 2, ...busy),
    fault("workers-cut", 10, 2, ...busy),
    fault("slow-get", 10, 4, ...busy),
    fault("post-once", 10, 4, ...busy),
    workers("mb", 1),
    workers("bk", 1),
    // Two machines boot beside two others: two cores carry no more.
    fault("host-reboot", 2, 10, ...patientPeople),
    fault("host-change", 4, 20, ...patientPeople),
    workers("bk", 2),
    fault("scale", 3, 12, ...patientPeople),
    fault("vip-move", 15, 16, ...people),
    fault("host-power", 1, 10, ...people),
    ...["host-cut", "host-deaf", "host-mute", "witness-lost"].map((name) => fault(name, 10, 25, ...people)),
    fault("cold-start", 10, 130),
    workers("mb", 2),
    fault("repair", 10, 55),
    fault("repair-balancer", 10, 55),
    fault("unchanged-up", 20, 10),
    watching("watching-20", 9),
    watching("watching-2000", 10),
    fault("cores-busy", 1, 12),
    fault("cores-crowded", 1, 12),
    fault("memory-tight", 1, 12),
    fault("disk-stalls", 1, 12),
    fault("frames-lost", 1, 12),
    fault("overload", 1, 16),
  ];
}
