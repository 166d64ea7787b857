/** The library, and how bytes get into it. */
import { answer, apiClient } from "@/api/client";
import type { VideoListParams } from "@/api/keys";
import type { PartUrl, UploadedVideo, UploadState, Video, VideoProxy } from "@/types/batch";

const at = (videoId: string) => ({ params: { path: { video_id: videoId } } });

export async function getVideos(
  params: VideoListParams & { ids?: string[] },
  signal?: AbortSignal,
): Promise<{ videos: Video[]; total: number }> {
  return answer(apiClient.GET("/api/videos", { params: { query: params }, signal }));
}

export async function getVideo(videoId: string, signal?: AbortSignal): Promise<Video> {
  return answer(apiClient.GET("/api/videos/{video_id}", { ...at(videoId), signal }));
}

/** Have a copy made that every browser plays. */
export async function prepareVideo(videoId: string): Promise<VideoProxy> {
  return answer(apiClient.POST("/api/videos/{video_id}/proxy", at(videoId)));
}

/** Remove a video from the library; what was made of it stays. */
export async function deleteVideo(videoId: string): Promise<void> {
  await answer(apiClient.DELETE("/api/videos/{video_id}", at(videoId)));
}

export async function getUpload(videoId: string): Promise<UploadState> {
  return answer(apiClient.GET("/api/videos/{video_id}/upload", at(videoId)));
}

export async function signPart(videoId: string, number: number): Promise<PartUrl> {
  const asked = apiClient.POST("/api/videos/{video_id}/parts", { ...at(videoId), body: { numbers: [number] } });
  const part = (await answer(asked)).parts.find((signed) => signed.number === number);
  if (!part) throw new Error(`The server signed no URL for part ${number}; try this file again.`);
  return part;
}

export async function completeUpload(videoId: string): Promise<UploadedVideo> {
  return answer(apiClient.POST("/api/videos/{video_id}/complete", at(videoId)));
}
