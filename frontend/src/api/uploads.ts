/** The browser's one uploader, and uploads by the batch. */
import { getBatchJob } from "@/api/batch";
import { completeUpload, getUpload, signPart } from "@/api/videos";
import { put } from "@/lib/transfer";
import type { JournalEntry } from "@/lib/upload-journal";
import { Uploader } from "@/lib/uploader";
import type { BatchJobDetails, BatchVideo, UploadedVideo } from "@/types/batch";

export const uploader = new Uploader({ put, getUpload, signPart, complete: completeUpload });

/** What the journal keeps of a video whose file is this one. */
export function entryOf(batch: { id: string; name: string }, video: BatchVideo, file: File): JournalEntry {
  return {
    id: video.video_id,
    batchId: batch.id,
    batchName: batch.name,
    name: file.name,
    size: file.size,
    lastModified: file.lastModified,
  };
}

/** Upload files for the videos of a batch that still wait for theirs; resolves when all have arrived or failed. */
export async function uploadBatchVideos(
  batchJobId: string,
  files: readonly File[],
  onProgress?: (fileIndex: number, progress: number) => void,
): Promise<{ uploaded_videos: UploadedVideo[] }> {
  const batch = await getBatchJob(batchJobId);
  const pairs = matched(batch, files);
  for (const { file, video } of pairs) {
    const state = await getUpload(video.video_id);
    if (!state.complete) uploader.add(entryOf(batch, video, file), file, state.plan, state.parts);
  }
  const stop = uploader.subscribe(() => {
    for (const { index, video } of pairs) {
      const upload = uploader.get().all.find((one) => one.id === video.video_id);
      if (upload) onProgress?.(index, upload.size ? (100 * upload.sent) / upload.size : 0);
    }
  });
  try {
    return { uploaded_videos: await uploader.settled(pairs.map(({ video }) => video.video_id)) };
  } finally {
    stop();
  }
}

/** Which file is for which video, by name and size. */
export function matched(
  batch: BatchJobDetails,
  files: readonly File[],
): { index: number; file: File; video: BatchVideo }[] {
  const open = batch.videos.filter((video) => video.uploaded_at === null && video.status !== "failed");
  return files.flatMap((file, index) => {
    const at = open.findIndex(
      (video) => video.name === file.name && (!video.size_bytes || video.size_bytes === file.size),
    );
    const [video] = at < 0 ? [] : open.splice(at, 1);
    return video ? [{ index, file, video }] : [];
  });
}
