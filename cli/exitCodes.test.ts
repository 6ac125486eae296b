import assert from "node:assert/strict";
import { test } from "node:test";
import { CommanderError } from "commander";
import { ConfigError } from "../infra/configError.ts";
import { LabError } from "../lab/labError.ts";
import { exitCodeOf, messageOf } from "./exitCodes.ts";
import { HealerError } from "./healerError.ts";

test("every kind of failure has its exit code", () => {
  assert.equal(exitCodeOf(new CommanderError(0, "commander.help", "")), 0);
  assert.equal(exitCodeOf(new CommanderError(1, "commander.unknownOption", "")), 2);
  assert.equal(exitCodeOf(new ConfigError([])), 2);
  assert.equal(exitCodeOf(new LabError("ERR_USAGE", "")), 2);
  assert.equal(exitCodeOf(new LabError("ERR_LAB_NOT_UP", "")), 3);
  assert.equal(exitCodeOf(new LabError("ERR_LAB_BUSY", "")), 4);
  assert.equal(exitCodeOf(new LabError("ERR_LAB_FAILED", "")), 1);
  assert.equal(exitCodeOf(new HealerError("ERR_NO_HEALER", "")), 6);
  assert.equal(exitCodeOf(new HealerError("ERR_USAGE", "")), 2);
  assert.equal(exitCodeOf(new HealerError("ERR_NOT_NOW", "")), 7);
  assert.equal(exitCodeOf(new HealerError("ERR_NO_ROOM", "")), 8);
  assert.equal(exitCodeOf(new HealerError("ERR_REFUSED", "")), 1);
  assert.equal(exitCodeOf(new TypeError("a bug")), 1);
});

test("what a person can act on comes without a stack trace, a bug comes with one", () => {
  assert.equal(messageOf(new LabError("ERR_LAB_BUSY", "wait")), "wait");
  assert.match(messageOf(new TypeError("a bug")), /a bug\n\s+at /);
});
