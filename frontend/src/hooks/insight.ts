import { keepPreviousData, useQuery } from "@tanstack/react-query";
import * as api from "@/api/insight";
import { keys } from "@/api/keys";
import { usePolling } from "@/hooks/live";
import type { Period } from "@/lib/periods";

/** What is used, held and left of the month. */
export function useUsage() {
  return useQuery({
    queryKey: keys.month,
    queryFn: ({ signal }) => api.getUsage(signal),
    refetchInterval: usePolling(true),
  });
}

export function useStorage() {
  return useQuery({ queryKey: keys.storage, queryFn: ({ signal }) => api.getStorage(signal) });
}

export function useMonths() {
  return useQuery({ queryKey: keys.months, queryFn: ({ signal }) => api.getMonths(signal) });
}

/** A page of the ledger. While the next one comes, the one before stays. */
export function useLedger(params: api.LedgerParams) {
  return useQuery({
    queryKey: keys.ledger(params),
    queryFn: ({ signal }) => api.getLedger(params, signal),
    placeholderData: keepPreviousData,
  });
}

/** What will be deleted within so many days. */
export function useDeletions(days: number) {
  return useQuery({ queryKey: keys.deletions(days), queryFn: ({ signal }) => api.getDeletions(days, signal) });
}

/** A period in numbers. While another period comes, the one before stays, so that nothing jumps. */
export function useAnalytics(period: Period, everybody = false) {
  return useQuery({
    queryKey: keys.analyticsOf(period, everybody),
    queryFn: ({ signal }) => api.getAnalytics(period, everybody, signal),
    placeholderData: keepPreviousData,
  });
}
