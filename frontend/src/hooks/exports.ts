import { keepPreviousData, type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { cancelExport, estimateExport, exportBatch, getAllExports, getExports, retryExport } from "@/api/batch";
import { keys } from "@/api/keys";
import { usePolling } from "@/hooks/live";
import { newestExports } from "@/lib/newest";
import type { BatchExport, BatchExportConfig } from "@/types/batch";

export function underWay(made: BatchExport): boolean {
  return made.status === "pending" || made.status === "processing";
}

/** What an export with these options would be; the last answer stays until the next is there. */
export function useExportEstimate(batchId: string, config: BatchExportConfig) {
  return useQuery({
    queryKey: keys.exportEstimate(batchId, config),
    queryFn: ({ signal }) => estimateExport(batchId, config, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** The exports of a batch, newest first. While one is built it is asked for again and again. */
export function useExports(batchId: string, enabled = true) {
  const polling = usePolling(true);
  return useQuery({
    queryKey: keys.exports(batchId),
    queryFn: ({ signal }) => getExports(batchId, signal),
    structuralSharing: newestExports,
    enabled,
    refetchInterval: ({ state }) => (state.data?.some(underWay) ? polling && Math.min(polling, 5000) : false),
  });
}

/** The newest exports of all batches. */
export function useAllExports() {
  const polling = usePolling(true);
  return useQuery({
    queryKey: keys.allExports,
    queryFn: ({ signal }) => getAllExports(signal),
    refetchInterval: ({ state }) => (state.data?.some((one) => underWay(one.export)) ? polling : false),
  });
}

/** Ask for an export of a batch. */
export function useExportBatch(batchId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (config: BatchExportConfig) => exportBatch(batchId, config),
    onSuccess: ({ export: made }) => {
      client.setQueryData<BatchExport[]>(keys.exports(batchId), (all = []) => [
        made,
        ...all.filter((one) => one.id !== made.id),
      ]);
      refresh(client, batchId);
    },
  });
}

/** Stop an export. */
export function useCancelExport() {
  return useChange(cancelExport);
}

/** Make an export anew that failed, was cancelled or has expired. */
export function useRetryExport() {
  return useChange(retryExport);
}

function useChange(change: (made: BatchExport) => Promise<BatchExport>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (made) => {
      client.setQueryData<BatchExport[]>(keys.exports(made.batch_job_id), (all) =>
        all?.map((one) => (one.id === made.id ? made : one)),
      );
    },
    onSettled: (_made, _error, { batch_job_id }) => refresh(client, batch_job_id),
  });
}

function refresh(client: QueryClient, batchId: string): void {
  void client.invalidateQueries({ queryKey: keys.exports(batchId) });
  void client.invalidateQueries({ queryKey: keys.allExports });
}
