/** How far a batch is, from its videos; and a batch in short. */
import { isFinished } from "@/lib/status";
import type { BatchJobDetails, BatchProgress, BatchVideo } from "@/types/batch";

/** Percent of a batch, where each video counts by its length, as on the server. */
export function percentOf(videos: readonly BatchVideo[]): number {
  const known = videos.filter((video) => video.duration_s);
  const mean = known.length ? known.reduce((sum, video) => sum + (video.duration_s ?? 0), 0) / known.length : 1;
  let done = 0;
  let all = 0;
  for (const video of videos) {
    const weight = video.duration_s || mean;
    all += weight;
    if (isFinished(video.status)) done += weight;
    else if (video.status === "processing") done += (weight * video.progress_percentage) / 100;
  }
  return all > 0 ? Math.min(100, (100 * done) / all) : 0;
}

/** A batch in short, as the specification names it. */
export function progressOf(batch: BatchJobDetails): BatchProgress {
  const current = batch.videos.find((video) => video.status === "processing") ?? null;
  return {
    batch_job_id: batch.id,
    progress_percentage: batch.progress_percentage,
    current_video_id: current?.video_id ?? null,
    current_video_name: current?.name ?? null,
    current_stage: current?.current_stage ?? null,
    completed_count: batch.completed_videos,
    failed_count: batch.failed_videos,
    pending_count: batch.videos.filter((video) => video.status === "pending" || video.status === "uploading").length,
    estimated_time_remaining: batch.estimated_time_remaining,
  };
}
