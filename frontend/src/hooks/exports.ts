import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { exportBatch, getAllExports, getExports } from "@/api/batch";
import { keys } from "@/api/keys";
import { usePolling } from "@/hooks/live";
import type { BatchExport, BatchExportConfig } from "@/types/batch";

function underWay(made: BatchExport): boolean {
  return made.status === "pending" || made.status === "processing";
}

/** The exports of a batch, newest first. While one is built it is asked for again and again. */
export function useExports(batchId: string, enabled = true) {
  const polling = usePolling(true);
  return useQuery({
    queryKey: keys.exports(batchId),
    queryFn: ({ signal }) => getExports(batchId, signal),
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
      void client.invalidateQueries({ queryKey: keys.exports(batchId) });
      void client.invalidateQueries({ queryKey: keys.allExports });
    },
  });
}
