import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { restartScript } from "./restartScript.ts";

const services = ["vigil-stateless", "nginx", "keepalived", "vigil-agent"];
const imageServices = join(import.meta.dirname, "../../guest/image/rootfs/etc/init.d");

test("every service that can be restarted is one of the image's", () => {
  for (const service of services) assert.ok(existsSync(join(imageServices, service)), service);
});

test("the scripts are shell, and end with the word of the service's own status", () => {
  for (const service of services) {
    const script = restartScript(service);
    assert.equal(spawnSync("sh", ["-n"], { input: script }).status, 0);
    assert.match(script, new RegExp(`&& rc-service -q ${service} status\n$`));
  }
});

test("another service is a mistake of the caller", () => {
  assert.throws(() => restartScript("sshd"), /no service of a guest is called sshd/);
});
