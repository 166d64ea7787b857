/** Transcripts and highlights. */
import { answer, apiClient } from "@/api/client";
import type { BatchHighlights, Highlights, VideoTranscript } from "@/types/batch";

const at = (batchId: string, videoId: string) => ({ params: { path: { batch_id: batchId, video_id: videoId } } });

export async function getTranscript(batchId: string, videoId: string, signal?: AbortSignal): Promise<VideoTranscript> {
  const path = "/api/batch-jobs/{batch_id}/videos/{video_id}/transcript";
  return answer(apiClient.GET(path, { ...at(batchId, videoId), signal }));
}

export async function getHighlights(batchId: string, videoId: string, signal?: AbortSignal): Promise<Highlights> {
  const path = "/api/batch-jobs/{batch_id}/videos/{video_id}/highlights";
  return answer(apiClient.GET(path, { ...at(batchId, videoId), signal }));
}

/** The best highlights of all videos of a batch. */
export async function getBatchHighlights(batchId: string, signal?: AbortSignal): Promise<BatchHighlights> {
  const params = { path: { batch_id: batchId }, query: { limit: 12 } };
  return answer(apiClient.GET("/api/batch-jobs/{batch_id}/highlights", { params, signal }));
}
