import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteConfig } from "../infra/configSchema.ts";
import { labSiteOf } from "./labSite.ts";

const site: SiteConfig = {
  name: "demo",
  subnet: "192.168.10.0/24",
  vip: "192.168.10.120",
  witness: "192.168.10.254",
  hosts: {
    mb: { address: "192.168.10.2", uplink: "enx0", pool: "192.168.10.20-192.168.10.26" },
    bk: { address: "192.168.10.1", uplink: "eno2", pool: "192.168.10.10-192.168.10.16" },
  },
};

test("a site becomes hosts by name, a client at .250 and the witness", () => {
  assert.deepEqual(labSiteOf(site), {
    name: "demo",
    prefixLength: 24,
    vip: "192.168.10.120",
    hosts: [
      { name: "bk", address: "192.168.10.1", uplink: "eno2" },
      { name: "mb", address: "192.168.10.2", uplink: "enx0" },
    ],
    clientAddress: "192.168.10.250",
    witnessAddress: "192.168.10.254",
  });
});

test("the client avoids every address that the site uses", () => {
  const { witness: _, ...noWitness } = site;
  const mb = { address: "192.168.10.247", uplink: "enx0", pool: "192.168.10.248-192.168.10.249" };
  const crowded = labSiteOf({ ...noWitness, vip: "192.168.10.250", hosts: { ...site.hosts, mb } });
  assert.equal(crowded.clientAddress, "192.168.10.246");
  assert.equal(crowded.witnessAddress, undefined);
});

test("a host that would take the name of a machine of the lab, or is too long for a port, is refused", () => {
  for (const name of ["client", "switch", "a-very-long-hostname"]) {
    const hosts = {
      ...site.hosts,
      [name]: { address: "192.168.10.3", uplink: "eth0", pool: "192.168.10.30-192.168.10.32" },
    };
    assert.throws(() => labSiteOf({ ...site, hosts }), { code: "ERR_USAGE" }, name);
  }
});
