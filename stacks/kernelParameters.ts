/**
 * The command line that the golden image's kernel is booted with. Every parameter has a value: the provider loses one
 * without a value when it reads the domain back, and each preview would then show a change.
 */
export const kernelParameters: Readonly<Record<string, string>> = {
  console: "ttyS0",
  root: "/dev/vda",
  // Interrupt routing by ACPI costs half a second of an emulated boot and brings a guest of two disks nothing.
  acpi: "noirq",
  "ipv6.disable": "1",
  // A guest that boots on a busy host measures its emulated counter wrongly, by a factor of ten at worst, and all its
  // clocks with it. It falls back to the emulated HPET; a guest on KVM has the hypervisor's clock in any case.
  tsc: "unstable",
  // On a busy host an emulated guest can lose the kernel's timer self-test, and would panic over it.
  no_timer_check: "1",
  // Each line on the emulated serial console costs boot time.
  loglevel: "4",
};
