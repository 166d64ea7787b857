import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** A value that lives in the address, so that it can be linked to and the way back leads to it. */
export function useUrlState<T extends string>(
  name: string,
  fallback: T,
  allowed?: readonly T[],
): [T, (next: T) => void] {
  const [params, setParams] = useSearchParams();
  const written = params.get(name) as T | null;
  const value = written !== null && (!allowed || allowed.includes(written)) ? written : fallback;
  const set = useCallback(
    (next: T) =>
      setParams(
        (was) => {
          const now = new URLSearchParams(was);
          if (next === fallback) now.delete(name);
          else now.set(name, next);
          // Another filter or order begins at its first page.
          if (name !== "page") now.delete("page");
          return now;
        },
        { replace: name !== "page", preventScrollReset: true },
      ),
    [setParams, name, fallback],
  );
  return [value, set];
}
