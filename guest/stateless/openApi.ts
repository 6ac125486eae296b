import type { Route } from "./route.ts";

const problem = {
  type: "object",
  required: ["type", "title", "status"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { parameter: { type: "string" }, found: { type: "string" }, expected: { type: "string" } },
      },
    },
  },
};

/** The OpenAPI document of the routes. Made when somebody asks for it: nobody waits for it at the start. */
export function openApi(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Random values",
      version: "1.0.0",
      description: "A small stateless service: every worker answers alike.",
    },
    servers: [{ url: "/" }],
    paths,
    components: { schemas: { Problem: problem } },
  };
}

function operation(route: Route): object {
  const schema = route.wholeAnswer
    ? route.answers
    : { type: "object", required: ["value"], properties: { value: route.answers } };
  return {
    summary: route.summary,
    tags: [route.path.split("/")[1]],
    parameters: Object.entries(route.parameters ?? {}).map(([name, { description, ...parameter }]) => {
      return { name, in: "query", required: false, description, schema: parameter };
    }),
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: route.body } } } }),
    responses: {
      200: { description: "The answer", content: { "application/json": { schema } } },
      400: {
        description: "The request is not valid; every fault is named",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}
