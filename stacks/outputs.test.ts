import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../infra/config.ts";
import { planStack } from "../infra/plan.ts";
import { sshKeyFromSeed } from "../infra/sshKey.ts";
import { exampleConfig } from "../test/support/exampleConfig.ts";
import { OutputsError, parseOutputs, unknownMarker } from "./outputs.ts";

const login = sshKeyFromSeed(Buffer.alloc(32, 1), "vigil-bk");
const hostKey = sshKeyFromSeed(Buffer.alloc(32, 2), "bk-web-1");
const config = parseConfig(exampleConfig(), "bk");
const plan = planStack(config, { version: 1 });

const outputs = {
  version: 1,
  applied: { config, desired: { version: 1 }, programDigest: "d".repeat(64) },
  host: "bk",
  vip: plan.site.vip,
  slots: plan.slots.map(({ slot, id, role, address, mac, uuid, heartbeatPort, servicePort }) => {
    return { slot, id, role, address, mac, uuid, heartbeatPort, servicePort };
  }),
  managedFiles: { "lb-1": { "/etc/nginx/nginx.conf": "e".repeat(64) } },
  loginPublicKey: login.publicKey,
  hostKeys: { "lb-1": hostKey.publicKey, "web-1": hostKey.publicKey, "web-2": hostKey.publicKey },
  loginPrivateKey: login.privateKeyOpenssh,
};

test("the outputs survive the state, and give back the applied plan", () => {
  const parsed = parseOutputs(JSON.parse(JSON.stringify(outputs)));
  assert.deepEqual(parsed, outputs);
  assert.deepEqual(planStack(parsed.applied.config, parsed.applied.desired), plan);
});

test("a value that the engine did not know is refused wherever it stands, even inside a text or as a key", () => {
  const cases = [
    [{ ...outputs, vip: unknownMarker }, /vip: not known/],
    [{ ...outputs, hostKeys: { "web-1": `ssh-ed25519 ${unknownMarker}` } }, /hostKeys\.web-1: not known/],
    [{ ...outputs, slots: [{ ...outputs.slots[0], id: unknownMarker }] }, /slots\.0\.id: not known/],
    [{ ...outputs, hostKeys: { [unknownMarker]: "" } }, /hostKeys\.04da6b54.*: not known/],
    [unknownMarker, /outputs: not known/],
  ] as const;
  for (const [raw, message] of cases) refuses(raw, message);
});

test("another version, a missing key, an unknown key and a masked secret are refused", () => {
  const { vip: _, ...withoutVip } = outputs;
  refuses({ ...outputs, version: 2 }, /version: /);
  refuses(withoutVip, /vip: /);
  refuses({ ...outputs, extra: true }, /extra/);
  refuses({ ...outputs, loginPrivateKey: "[secret]" }, /loginPrivateKey: .*--show-secrets/);
  refuses({}, /version: /);
  refuses(undefined, /outputs: /);
});

test("an error never shows the private key", () => {
  const raw = {
    ...outputs,
    loginPrivateKey: { nested: login.privateKeyOpenssh },
    [unknownMarker]: login.privateKeyOpenssh,
  };
  assert.throws(
    () => parseOutputs(raw),
    (error) => error instanceof OutputsError && !error.message.includes("BEGIN"),
  );
});

function refuses(raw: unknown, message: RegExp): void {
  assert.throws(
    () => parseOutputs(raw),
    (error) => {
      assert.ok(error instanceof OutputsError);
      assert.match(error.message, message);
      assert.match(error.message, /run `pulumi up` for the whole stack/);
      return true;
    },
  );
}
