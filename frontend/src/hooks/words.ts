import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { getBatchHighlights, getHighlights, getTranscript } from "@/api/words";
import type { BatchJob, BatchVideo } from "@/types/batch";

const HOUR = 60 * 60 * 1000;

/** What is said in a video of a batch, once it is known. It never changes, but its links age. */
export function useTranscript(video: BatchVideo | null) {
  const batchId = video?.batch_job_id ?? "";
  const videoId = video?.video_id ?? "";
  return useQuery({
    queryKey: [...keys.transcript(batchId, videoId), video?.output?.key],
    queryFn: ({ signal }) => getTranscript(batchId, videoId, signal),
    enabled: video?.status === "completed" && typeof video.processing_result?.words === "number",
    staleTime: HOUR,
  });
}

/** The highlights of a video of a batch, once they are known. */
export function useHighlights(video: BatchVideo | null) {
  const batchId = video?.batch_job_id ?? "";
  const videoId = video?.video_id ?? "";
  return useQuery({
    queryKey: [...keys.highlights(batchId, videoId), video?.output?.key],
    queryFn: ({ signal }) => getHighlights(batchId, videoId, signal),
    enabled: video?.status === "completed" && typeof video.processing_result?.highlights === "number",
    staleTime: HOUR,
  });
}

/** The best highlights of a batch, as far as its videos are completed. */
export function useBatchHighlights(batch: BatchJob) {
  return useQuery({
    queryKey: keys.batchHighlights(batch.id, batch.completed_videos),
    queryFn: ({ signal }) => getBatchHighlights(batch.id, signal),
    enabled: batch.settings.detect_highlights && batch.completed_videos > 0,
    staleTime: HOUR,
  });
}
