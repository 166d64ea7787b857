/** A gateway for component tests: it answers over HTTP, as the real one does. */
import { HttpResponse, http, type JsonBodyType } from "msw";
import { setupServer } from "msw/node";
import { makeEstimate, makeMe } from "@/test/make";
import { makeUsage } from "@/test/make-insight";

export const server = setupServer(
  http.get("*/api/me", () => HttpResponse.json(makeMe())),
  http.get("*/api/settings-templates", () => HttpResponse.json({ templates: [] })),
  http.get("*/api/usage", () => HttpResponse.json(makeUsage())),
  http.get("*/api/notices", () => HttpResponse.json({ notices: [], total: 0, unread: 0 })),
  http.get("*/api/videos", () => HttpResponse.json({ videos: [], total: 0 })),
  http.get("*/api/batch-jobs/:id/report", () => HttpResponse.json({ code: "conflict" }, { status: 409 })),
  http.get("*/api/batch-jobs/:id/exports", () => HttpResponse.json({ exports: [] })),
  http.post("*/api/batch-jobs/:id/export/estimate", () => HttpResponse.json(makeEstimate())),
);

type Method = "get" | "post" | "put" | "patch" | "delete";

export interface Asked {
  path: string;
  body: unknown;
}

/** Answer one kind of request; gives what was asked, in order. */
export function answers(
  method: Method,
  path: string,
  body: JsonBodyType | ((asked: Asked) => JsonBodyType),
  status = 200,
): Asked[] {
  const all: Asked[] = [];
  server.use(
    http[method](`*${path}`, async ({ request }) => {
      const text = await request.text();
      const asked = {
        path: new URL(request.url).pathname + new URL(request.url).search,
        body: text ? JSON.parse(text) : null,
      };
      all.push(asked);
      const told = typeof body === "function" ? body(asked) : body;
      return status === 204 ? new HttpResponse(null, { status }) : HttpResponse.json(told, { status });
    }),
  );
  return all;
}

/** Refuse one kind of request, as the gateway refuses. */
export function refuses(method: Method, path: string, status: number, code: string, detail: string): Asked[] {
  return answers(method, path, { type: `urn:dailies:problem:${code}`, title: "", status, detail, code }, status);
}

/** Never answer. */
export function hangs(method: Method, path: string): void {
  server.use(http[method](`*${path}`, () => new Promise<never>(() => {})));
}
