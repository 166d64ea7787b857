/** What can go wrong, in words, with a next step. The server's own sentence is shown wherever there is one. */

export interface FieldProblem {
  field: string;
  detail: string;
}

interface Facts {
  status: number;
  code: string;
  detail: string;
  errors?: FieldProblem[];
  retryAfterS?: number | null;
  requestId?: string | null;
}

/** A request that was refused, or did not get through (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldProblem[];
  readonly retryAfterS: number | null;
  readonly requestId: string | null;

  constructor(facts: Facts) {
    super(facts.detail);
    this.name = "ApiError";
    this.status = facts.status;
    this.code = facts.code;
    this.errors = facts.errors ?? [];
    this.retryAfterS = facts.retryAfterS ?? null;
    this.requestId = facts.requestId ?? null;
  }
}

export type NextStep = "retry" | "sign-in" | "wait" | "change" | "back" | "limits";

export interface Explanation {
  title: string;
  detail: string;
  step: NextStep;
}

const BY_CODE: Record<string, { title: string; step: NextStep }> = {
  unreachable: { title: "The server cannot be reached", step: "retry" },
  unauthenticated: { title: "You are signed out", step: "sign-in" },
  forbidden: { title: "That is not allowed", step: "back" },
  quota: { title: "Your plan's limit is reached", step: "limits" },
  not_found: { title: "This does not exist any more", step: "back" },
  conflict: { title: "That is not possible right now", step: "change" },
  too_large: { title: "That is too large", step: "change" },
  invalid: { title: "Something needs to be corrected", step: "change" },
  rate_limited: { title: "Too many tries in a short time", step: "wait" },
  unavailable: { title: "A part of the server is busy", step: "retry" },
  out_of_space: { title: "The server has no space left", step: "wait" },
};

/** An error in words, whatever it is. */
export function explain(error: unknown): Explanation {
  if (!(error instanceof ApiError)) {
    const detail = error instanceof Error && error.message ? error.message : "Reload the page and try again.";
    return { title: "Something went wrong", detail, step: "retry" };
  }
  const known = BY_CODE[error.code] ?? { title: "Something went wrong", step: "retry" as const };
  const wait = error.retryAfterS ? ` Try again in ${waitInWords(error.retryAfterS)}.` : "";
  return { ...known, detail: error.message + (error.code === "rate_limited" ? wait : "") };
}

/** The sentence about one field, if the server found it wrong. */
export function fieldProblem(error: unknown, field: string): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.errors.find((problem) => problem.field === field)?.detail ?? null;
}

/** Whether asking the same again may help. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500;
}

function waitInWords(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "a minute" : `${minutes} minutes`;
}
