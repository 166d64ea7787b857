/** Cut lists. */
import { answer, apiClient } from "@/api/client";
import type { BatchJob, CutEdit, VideoCuts } from "@/types/batch";

const path = "/api/batch-jobs/{batch_id}/videos/{video_id}/cuts";

/** What was cut and why, on a waveform of so many values. */
export async function getCuts(
  batchId: string,
  videoId: string,
  peaks: number,
  signal?: AbortSignal,
): Promise<VideoCuts> {
  const params = { path: { batch_id: batchId, video_id: videoId }, query: { peaks } };
  return answer(apiClient.GET(path, { params, signal }));
}

/** Have the video rendered again with these edits in place of all earlier ones. */
export async function editCuts(batchId: string, videoId: string, version: string, edits: CutEdit[]): Promise<BatchJob> {
  const params = { path: { batch_id: batchId, video_id: videoId } };
  return (await answer(apiClient.PUT(path, { params, body: { version, edits } }))) as BatchJob;
}
