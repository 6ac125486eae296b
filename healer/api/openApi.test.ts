import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { type ApiFixture, apiFixture } from "../../test/support/apiFixture.ts";

interface Operation {
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: { $ref?: string } }>> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

let api: ApiFixture;
let document: Document;

before(async () => {
  api = await apiFixture();
  document = (await api.app.inject({ method: "GET", url: "/openapi.json" })).json();
});

after(() => api.close());

test("the document is valid OpenAPI 3.1", async () => {
  const { valid, errors } = await new Validator().validate({ ...document });
  assert.ok(valid, JSON.stringify(errors, undefined, 2));
  assert.equal(document.openapi, "3.1.0");
});

test("every route is in it, and says what it is for, that it asks for a token, and how it answers", () => {
  assert.deepEqual(Object.keys(document.paths).sort(), [
    "/livez",
    "/metrics",
    "/readyz",
    "/v1/events",
    "/v1/history",
    "/v1/host/drain",
    "/v1/host/return",
    "/v1/incidents/{id}",
    "/v1/pause",
    "/v1/peers",
    "/v1/peers/{peer}/history",
    "/v1/peers/{peer}/slots/{slot}",
    "/v1/peers/{peer}/status",
    "/v1/resume",
    "/v1/scale",
    "/v1/slots/{slot}",
    "/v1/slots/{slot}/drain",
    "/v1/slots/{slot}/replace",
    "/v1/slots/{slot}/undrain",
    "/v1/status",
    "/v1/vip/move",
  ]);
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const { summary, security, responses } of Object.values(operations)) {
      assert.ok(summary, path);
      assert.ok(responses["200"] ?? responses["202"], path);
      const isOpen = security?.length === 0;
      assert.equal(isOpen, path === "/livez" || path === "/readyz", path);
      assert.equal(responses["401"] === undefined, isOpen, path);
      for (const [status, { content }] of Object.entries(responses)) {
        if (status === "200" || status === "202") continue;
        assert.equal(content?.["application/json"]?.schema.$ref, "#/components/schemas/Problem", `${path} ${status}`);
      }
    }
  }
});

test("only a body that has to be there is called required", () => {
  const required = Object.entries(document.paths).flatMap(([path, { post }]) =>
    post?.requestBody?.required ? [path] : [],
  );
  assert.deepEqual(required, ["/v1/scale"]);
});

test("the page is there, and shows this document", async () => {
  const page = await api.app.inject({ method: "GET", url: "/docs/" });
  assert.match(page.payload, /swagger-ui/i);
  assert.deepEqual((await api.app.inject({ method: "GET", url: "/docs/json" })).json(), document);
});
