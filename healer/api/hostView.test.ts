import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../core/scene.ts";
import { SiteScene } from "../core/siteScene.ts";
import { hostView } from "./hostView.ts";

function view({ scene: { state, nowMs } }: SiteScene) {
  const mb = state.hosts.mb;
  assert.ok(mb !== undefined);
  const { status, done, next, standIns } = hostView(mb, { state, limits }, { nowMs, wallMs: nowMs });
  return [status, standIns.join(" "), done, next];
}

test("of a host that is lost and comes back it is said what was done and what comes next", () => {
  const site = new SiteScene();
  site.pass(10_000);
  const nothing = "nothing stands in for its workers here";
  assert.deepEqual(view(site), ["heard", "", nothing, "nothing is to be done"]);
  site.lose();
  site.scene.send({ kind: "pause", forMs: 300_000, by: "anna" });
  site.pass(70_000);
  const waits = "2 of its workers are to be made here; it waits: repairs are paused for 230 s more";
  assert.deepEqual(view(site), ["lost", "", nothing, waits]);
  site.scene.send({ kind: "resume", by: "anna" });
  site.pass(20_000);
  const made = "web-3, web-4 stand in for its workers here";
  const stays = "what stands in for it goes one by one when it is back and has been well for 2 min";
  assert.deepEqual(view(site), ["lost", "web-3 web-4", made, stays]);
  site.bringBack();
  site.mb.green = 1;
  site.pass(10_000);
  assert.deepEqual(view(site), [
    "returned",
    "web-3 web-4",
    made,
    "they stay until all its own workers are green and get requests",
  ]);
  site.mb.green = 2;
  site.pass(60_000);
  assert.deepEqual(view(site).at(-1), "they go one by one, the first in 60 s if it is well until then");
  site.lose();
  site.pass(10_000);
  assert.deepEqual(view(site), ["silent", "web-3 web-4", made, "they stay until it is back"]);
});

test("of what does not fit here it is said what is lacking", () => {
  const site = new SiteScene();
  site.capacity = 3;
  site.pass(10_000);
  site.lose();
  site.pass(180_000);
  const next = "1 of its workers is not made here: the host has 100 MiB of memory left, and 256 are needed.";
  assert.deepEqual(view(site), ["lost", "web-3", "web-3 stands in for its workers here", next]);
});

test("of a host that is away on purpose it is said until when it is expected back, if that is known", () => {
  const site = new SiteScene();
  site.pass(10_000);
  Object.assign(site.mb, { planned: "its healer was told to end", ending: true });
  site.pass(5_000);
  site.lose();
  site.pass(60_000);
  const nothing = "nothing stands in for its workers here";
  const next = "it is expected back by 00:10:29 UTC; from then on its silence counts like any other's";
  assert.deepEqual(view(site), ["planned", "", nothing, next]);
  site.bringBack();
  site.mb.planned = "anna has drained it: disks";
  site.pass(5_000);
  site.lose();
  site.pass(60_000);
  const until = "nothing is made in its place until `vigil host return mb` there";
  assert.deepEqual(view(site), ["planned", "", nothing, until]);
});
