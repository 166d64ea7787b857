import type { ReactNode } from "react";
import { Failure } from "@/components/layout/States";
import { Skeleton } from "@/components/ui/skeleton";

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

interface Props<T> {
  query: Asked<T>;
  /** How many grey rows stand in for it while it is on its way. */
  rows?: number;
  children: (data: T) => ReactNode;
}

/** What was asked for: on its way, not to be had, or there. What is there stays while it is asked for again. */
export function Loaded<T>({ query, rows = 3, children }: Props<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} onRetry={() => query.refetch()} retrying={query.isFetching} />;
  return (
    <div className="grid gap-3 p-4" aria-busy data-testid="skeleton">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey rows are all the same
        <Skeleton key={row} className="h-14 rounded-lg" />
      ))}
    </div>
  );
}
