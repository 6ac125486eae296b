import assert from "node:assert/strict";
import { test } from "node:test";
import { countAnswers } from "./sendRequests.ts";

test("only answers with 200 count, and each counts for the worker that gave it", () => {
  const headers = [
    "HTTP/1.1 200 OK\r\nx-vigil-slot: bk/web-1\r\n\r\n",
    "HTTP/1.1 503 Service Unavailable\r\nx-vigil-slot: bk/web-1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-Vigil-Slot: mb/web-1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nx-vigil-slot: bk/web-1\r\n\r\n",
  ].join("");
  const { failed, spread } = countAnswers(headers, 6);
  assert.equal(failed, 3);
  assert.deepEqual(Object.fromEntries(spread), { "bk/web-1": 2, "mb/web-1": 1 });
  assert.equal(countAnswers("", 5).failed, 5);
});
