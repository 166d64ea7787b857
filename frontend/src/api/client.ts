/** The one way to the server: typed by its OpenAPI description, with every failure an `ApiError`. */
import createClient from "openapi-fetch";
import type { paths } from "@/api/schema";
import { ApiError, type FieldProblem } from "@/lib/problems";

export const apiClient = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  // Looked up at every call, so that a test can put itself in between.
  fetch: (request) => globalThis.fetch(request),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer to a request. Throws `ApiError` when it was refused or did not get through. */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<T> {
  let told: Answer<T>;
  try {
    told = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const detail = "Check your connection; we keep trying.";
    throw new ApiError({ status: 0, code: "unreachable", detail });
  }
  if (told.response.ok) return told.data as T;
  throw refusal(told.error, told.response);
}

function refusal(body: unknown, response: Response): ApiError {
  const said = (typeof body === "object" && body !== null ? body : {}) as {
    code?: string;
    detail?: string;
    errors?: FieldProblem[];
  };
  return new ApiError({
    status: response.status,
    code: said.code ?? (response.status >= 500 ? "unavailable" : "internal"),
    detail: said.detail ?? `The server answered ${response.status}; try again in a moment.`,
    errors: said.errors ?? [],
    retryAfterS: Number(response.headers.get("Retry-After")) || null,
    requestId: response.headers.get("X-Request-Id"),
  });
}
