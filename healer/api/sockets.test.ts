import assert from "node:assert/strict";
import { readdir, readFile, readlink } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { apiFixture } from "../../test/support/apiFixture.ts";
import { freePort, meeting } from "../../test/support/peersFixture.ts";
import { apiHost } from "./apiAddress.ts";

/** As /proc/net/tcp has it. */
const listening = "0A";

test("the API listens on one socket, of the loopback address, and on no other", async () => {
  const before = await listeningSockets();
  const api = await apiFixture();
  try {
    const { port } = new URL(await api.app.listen({ host: apiHost, port: 0 }));
    const hexPort = Number(port).toString(16).toUpperCase().padStart(4, "0");
    assert.deepEqual(before, []);
    assert.deepEqual(await listeningSockets(), [`tcp 0100007F:${hexPort}`]);
  } finally {
    await api.close();
  }
  assert.deepEqual(await listeningSockets(), []);
});

test("peers come in by one socket more, of the host's own address, and only where peers are planned", async () => {
  const port = await freePort();
  const bk = await meeting("bk", port);
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  try {
    await bk.peers.watch({ ...bk.plan, peers: {} });
    assert.deepEqual(await listeningSockets(), []);
    await bk.peers.watch({ ...bk.plan, address: "127.0.0.3" });
    while (bk.peers.port === undefined) await sleep(10);
    assert.deepEqual(await listeningSockets(), [`tcp 0300007F:${hexPort}`]);
    await bk.peers.watch({ ...bk.plan, peers: {} });
    assert.deepEqual(await listeningSockets(), []);
  } finally {
    await bk.close();
  }
  assert.deepEqual(await listeningSockets(), []);
});

/** Of this process alone, by family and address. */
async function listeningSockets(): Promise<string[]> {
  const own = new Set(await ownSockets());
  const families = await Promise.all(
    ["tcp", "tcp6"].map(async (family) => {
      const rows = (await readFile(`/proc/net/${family}`, "utf8").catch(() => "")).split("\n").slice(1);
      return rows.map((row) => row.trim().split(/\s+/)).map((columns) => ({ family, columns }));
    }),
  );
  return families.flat().flatMap(({ family, columns: [, address, , state, , , , , , inode] }) => {
    return state === listening && own.has(`socket:[${inode}]`) ? [`${family} ${address}`] : [];
  });
}

async function ownSockets(): Promise<string[]> {
  const links = (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => ""));
  return (await Promise.all(links)).filter((link) => link.startsWith("socket:"));
}
