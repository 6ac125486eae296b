import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { apiUrl } from "./apiAddress.ts";

/** Of the document what is put right here. */
interface Document {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly requestBody?: { required: boolean; readonly content: Readonly<Record<string, { schema: BodySchema }>> };
}

interface BodySchema {
  readonly anyOf?: readonly { readonly type?: string }[];
}

/** The document and its page are the same on every host: they tell nothing of this one, and a browser has no token yet. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "vigil healer",
        description: "How the machines of one host are, what is done about it, and how to stop that for a while.",
        version,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: apiUrl }],
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer", description: "The content of /var/lib/vigil/token." },
        },
      },
      security: [{ token: [] }],
      tags: [
        { name: "ask", description: "What is, and what has been." },
        { name: "peers", description: "What other hosts know." },
        { name: "wish", description: "What a person wants." },
        { name: "probes", description: "For supervisors and scrapers." },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: (parts) => withOptionalBodies(jsonSchemaTransformObject(parts) as Document),
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true });
  app.get("/openapi.json", { schema: { hide: true } as never }, async () => app.swagger());
}

/** Fastify's own describer calls every body required. One that may be null may be left out. */
function withOptionalBodies<Described extends Document>(document: Described): Described {
  const bodies = Object.values(document.paths ?? {}).flatMap((operations) =>
    Object.values(operations).flatMap(({ requestBody }) => requestBody ?? []),
  );
  for (const body of bodies) {
    body.required = !Object.values(body.content).some(({ schema }) =>
      schema.anyOf?.some(({ type }) => type === "null"),
    );
  }
  return document;
}
