import { join } from "node:path";
import { test } from "node:test";
import { matchesGolden } from "./golden.ts";
import { statesDocument } from "./statesDocument.ts";

test("docs/healer-states.md says what the table says; UPDATE_GOLDEN=1 writes it anew", () => {
  matchesGolden(join(import.meta.dirname, "../../docs/healer-states.md"), statesDocument());
});
