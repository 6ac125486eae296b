import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { Problem } from "./problem.ts";

/** Routes, and beside each of them what refuses the methods that it does not have: something is there, but not for those. */
export function refusingOtherMethods(routes: FastifyPluginAsync): FastifyPluginAsync {
  return async (app) => {
    const methodsOf = new Map<string, string[]>();
    app.addHook("onRoute", ({ method, url }) => {
      methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...[method].flat()]);
    });
    await app.register(routes);
    // What is refused is a route, too, and changes the map.
    for (const [url, methods] of [...methodsOf]) refuseOthers(app, url, methods);
  };
}

function refuseOthers(app: FastifyInstance, url: string, methods: readonly string[]): void {
  const allowed = methods.join(", ");
  app.route({
    url,
    method: app.supportedMethods.filter((method) => !methods.includes(method)),
    schema: { hide: true } as never,
    // Before its body is looked at, which may be none that could be read.
    onRequest: async (request, reply) => {
      reply.header("allow", allowed);
      const message = `there is no ${request.method} ${request.url.split("?")[0]}.`;
      throw new Problem("methodNotAllowed", message, `it takes ${allowed}.`);
    },
    handler: async () => {},
  });
}
