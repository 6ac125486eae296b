/** One storage pool: what its unchanged update takes is taken by the engine, the language host and one provider. */
import * as libvirt from "@pulumi/libvirt";

const name = "minimal";
export const pool = new libvirt.Pool(name, { name, type: "dir", target: { path: "/var/lib/vigil/minimal/volumes" } })
  .name;
