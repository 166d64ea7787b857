/** What was used, what is kept, and what came of it over a period. */
import { answer, apiClient } from "@/api/client";
import type { Period } from "@/lib/periods";
import type { Analytics, Deletions, LedgerPage, MonthUsed, Storage, Usage } from "@/types/batch";

export interface LedgerParams {
  /** A month like `2026-11`. */
  month: string;
  limit: number;
  /** `next_after` of the page before. */
  after?: string;
}

export async function getUsage(signal?: AbortSignal): Promise<Usage> {
  return answer(apiClient.GET("/api/usage", { signal }));
}

export async function getStorage(signal?: AbortSignal): Promise<Storage> {
  return answer(apiClient.GET("/api/usage/storage", { signal }));
}

/** Months with something in them, the last first. */
export async function getMonths(signal?: AbortSignal): Promise<MonthUsed[]> {
  return (await answer(apiClient.GET("/api/usage/months", { signal }))).months;
}

export async function getLedger({ month, ...page }: LedgerParams, signal?: AbortSignal): Promise<LedgerPage> {
  const query = { since: `${month}-01`, until: `${month}-01`, ...page };
  return answer(apiClient.GET("/api/usage/ledger", { params: { query }, signal }));
}

/** Where the ledger of a month can be had as a file. */
export function ledgerFile(month: string): string {
  return `/api/usage/ledger.csv?since=${month}-01&until=${month}-01`;
}

/** Batches whose time is over within so many days, the next one first. */
export async function getDeletions(days: number, signal?: AbortSignal): Promise<Deletions> {
  return answer(apiClient.GET("/api/usage/deletions", { params: { query: { days } }, signal }));
}

/** One's own work over a period, or for operators everybody's. */
export async function getAnalytics(period: Period, everybody: boolean, signal?: AbortSignal): Promise<Analytics> {
  const params = { query: { since: period.since, until: period.until } };
  return answer(
    everybody
      ? apiClient.GET("/api/admin/analytics", { params, signal })
      : apiClient.GET("/api/analytics", { params, signal }),
  );
}
