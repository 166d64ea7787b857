import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getBatchJob, getBatchJobs, getBatchReport } from "@/api/batch";
import { type BatchListParams, keys } from "@/api/keys";
import { getVideos } from "@/api/videos";
import { usePolling } from "@/hooks/live";
import { newestBatch, newestPage } from "@/lib/newest";
import { isOver } from "@/lib/status";
import type { BatchJob } from "@/types/batch";

/** A page of batches. While the next page comes, the one before stays. */
export function useBatchJobs(params: BatchListParams) {
  // While a batch is processed and nobody tells us of it, it is asked for every five seconds.
  const polling = usePolling(true);
  return useQuery({
    queryKey: keys.batchList(params),
    queryFn: ({ signal }) => getBatchJobs(params, signal),
    structuralSharing: newestPage,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.batch_jobs.some((job) => job.status === "processing" || job.status === "paused") ? polling : false,
  });
}

/** One batch with its videos. */
export function useBatchJob(id: string) {
  const polling = usePolling(true);
  return useQuery({
    queryKey: keys.batch(id),
    queryFn: ({ signal }) => getBatchJob(id, signal),
    structuralSharing: newestBatch,
    refetchInterval: ({ state }) =>
      state.data && ["processing", "paused", "pending"].includes(state.data.status) ? polling : false,
  });
}

/** What came of a batch; asked for when it has ended, and again when it has ended again. */
export function useBatchReport(batch: BatchJob) {
  return useQuery({
    queryKey: [...keys.report(batch.id), batch.completed_at],
    queryFn: ({ signal }) => getBatchReport(batch.id, signal),
    enabled: isOver(batch.status),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Pictures of the videos of a batch, by the videos' ids. They come after the batch, which does not wait for them. */
export function useThumbnails(batchId: string, videoIds: readonly string[], ready: number) {
  return useQuery({
    queryKey: [...keys.thumbnails(batchId), ready],
    queryFn: async ({ signal }) => {
      const { videos } = await getVideos({ ids: [...videoIds], limit: Math.min(200, videoIds.length) }, signal);
      return new Map(
        videos.flatMap((video) => (video.thumbnail_url ? [[video.id, video.thumbnail_url] as const] : [])),
      );
    },
    enabled: videoIds.length > 0 && ready > 0,
    placeholderData: keepPreviousData,
    staleTime: 3_600_000,
  });
}
