import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { Problem } from "./problem.ts";

/** The files of Swagger UI that its page needs, and our page around them. Nothing else is served from the disk. */
const pages: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/docs": ["docs.html", "text/html; charset=utf-8"],
  "/docs/docs.js": ["docs.js", "text/javascript"],
  "/docs/swagger-ui.css": ["swagger-ui/swagger-ui.css", "text/css"],
  "/docs/swagger-ui-bundle.js": ["swagger-ui/swagger-ui-bundle.js", "text/javascript"],
};

/** True if the path is one of ours; the response is then on its way. Rejects with a Problem if the file is missing. */
export async function serveDocs(folder: string, path: string, response: ServerResponse): Promise<boolean> {
  const page = pages[path === "/docs/" ? "/docs" : path];
  if (page === undefined) return false;
  const [file, type] = page;
  const content = await readFile(join(folder, file)).catch(() => {
    throw new Problem(404, `The image holds no ${file}`);
  });
  response.writeHead(200, { "content-type": type, "content-length": content.length, "cache-control": "max-age=300" });
  response.end(content);
  return true;
}
