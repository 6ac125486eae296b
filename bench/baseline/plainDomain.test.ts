import assert from "node:assert/strict";
import { test } from "node:test";
import { plainDomain } from "./plainDomain.ts";

const xml = `<domain type='qemu'>
  <name>lb-1</name>
  <uuid>11111111-2222-5333-8444-555555555555</uuid>
  <genid>66666666-7777-4888-8999-000000000000</genid>
  <memory unit='KiB'>262144</memory>
  <devices>
    <disk type='volume' device='disk'>
      <source pool='vigil' volume='lb-1-disk.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='volume' device='disk'>
      <source pool='vigil' volume='lb-1-seed.img'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:a8:0a:10'/>
      <source network='vigil'/>
    </interface>
  </devices>
</domain>`;
const plain = { name: "plain-lb", mac: "52:54:00:a8:0a:29", disks: ["/plain/disk.qcow2", "/plain/seed.img"] } as const;

test("a plain domain keeps the machine and changes what names it and what it boots from", () => {
  const made = plainDomain(xml, plain);
  assert.match(made, /<name>plain-lb<\/name>/);
  assert.match(made, /<mac address='52:54:00:a8:0a:29'\/>/);
  assert.match(made, /<memory unit='KiB'>262144<\/memory>/);
  assert.match(made, /<source network='vigil'\/>/);
  assert.deepEqual(made.match(/<source file='[^']*'\/><target dev='[^']*'/g), [
    "<source file='/plain/disk.qcow2'/><target dev='vda'",
    "<source file='/plain/seed.img'/><target dev='vdb'",
  ]);
  assert.doesNotMatch(made, /lb-1|uuid|genid|volume/);
});

test("a definition without what is to be changed is refused", () => {
  assert.throws(() => plainDomain("<domain><name>lb-1</name></domain>", plain), /nothing like .*uuid/);
});
