/** Batches and their exports: one function for each thing that can be asked. */
import { answer, apiClient } from "@/api/client";
import type { BatchListParams } from "@/api/keys";
import type { components } from "@/api/schema";
import type {
  BatchExport,
  BatchExportConfig,
  BatchJob,
  BatchJobDetails,
  BatchJobPage,
  BatchReport,
  BatchSettings,
  BatchVideo,
  ExportEstimate,
  UploadPlan,
  UserExport,
} from "@/types/batch";

export interface NewBatchJob {
  name: string;
  description?: string | null;
  settings: BatchSettings;
  video_count?: number;
  files?: { name: string; size: number; type: string }[];
}

export interface CreatedBatchJob {
  batch_job: BatchJob;
  videos: BatchVideo[];
  upload_urls: string[];
  uploads: UploadPlan[];
}

const at = (batchJobId: string) => ({ params: { path: { batch_id: batchJobId } } });

/** Create a batch. With the same key a repeat makes no second one. */
export async function createBatchJob(data: NewBatchJob, key: string = crypto.randomUUID()): Promise<CreatedBatchJob> {
  const asked = apiClient.POST("/api/batch-jobs", { body: data, params: { header: { "Idempotency-Key": key } } });
  return (await answer(asked)) as CreatedBatchJob;
}

export async function addVideosToBatch(batchJobId: string, videoIds: string[]): Promise<BatchJob> {
  const asked = apiClient.POST("/api/batch-jobs/{batch_id}/videos", {
    ...at(batchJobId),
    body: { video_ids: videoIds },
  });
  return (await answer(asked)) as BatchJob;
}

export async function startBatchProcessing(batchJobId: string): Promise<{ job_id: string; batch_job: BatchJob }> {
  const started = await answer(apiClient.POST("/api/batch-jobs/{batch_id}/start", at(batchJobId)));
  return started as { job_id: string; batch_job: BatchJob };
}

export async function getBatchJobs(params: BatchListParams, signal?: AbortSignal): Promise<BatchJobPage> {
  const asked = apiClient.GET("/api/batch-jobs", { params: { query: params }, signal });
  return (await answer(asked)) as BatchJobPage;
}

export async function getBatchJob(batchJobId: string, signal?: AbortSignal): Promise<BatchJobDetails> {
  const found = await answer(apiClient.GET("/api/batch-jobs/{batch_id}", { ...at(batchJobId), signal }));
  return { ...(found.batch_job as BatchJob), videos: found.videos as BatchVideo[] };
}

export async function pauseBatchJob(batchJobId: string): Promise<BatchJob> {
  return (await answer(apiClient.POST("/api/batch-jobs/{batch_id}/pause", at(batchJobId)))) as BatchJob;
}

export async function resumeBatchJob(batchJobId: string): Promise<BatchJob> {
  return (await answer(apiClient.POST("/api/batch-jobs/{batch_id}/resume", at(batchJobId)))) as BatchJob;
}

export async function cancelBatchJob(batchJobId: string): Promise<BatchJob> {
  return (await answer(apiClient.POST("/api/batch-jobs/{batch_id}/cancel", at(batchJobId)))) as BatchJob;
}

/** Try failed videos again: those named (by their ids in the library), or all. */
export async function retryFailedVideos(batchJobId: string, videoIds?: string[]): Promise<BatchJob> {
  const body = videoIds ? { video_ids: videoIds } : {};
  return (await answer(
    apiClient.POST("/api/batch-jobs/{batch_id}/retry-failed", { ...at(batchJobId), body }),
  )) as BatchJob;
}

/** Make a finished video anew with settings of its own. */
export async function renderVideoAgain(
  batchJobId: string,
  videoId: string,
  settings: BatchSettings,
): Promise<BatchJob> {
  const asked = apiClient.POST("/api/batch-jobs/{batch_id}/videos/{video_id}/render", {
    params: { path: { batch_id: batchJobId, video_id: videoId } },
    body: { settings },
  });
  return (await answer(asked)) as BatchJob;
}

/** What came of a batch that has ended. */
export async function getBatchReport(batchJobId: string, signal?: AbortSignal): Promise<BatchReport> {
  const asked = apiClient.GET("/api/batch-jobs/{batch_id}/report", { ...at(batchJobId), signal });
  return (await answer(asked)) as BatchReport;
}

export async function deleteBatchJob(batchJobId: string): Promise<void> {
  await answer(apiClient.DELETE("/api/batch-jobs/{batch_id}", at(batchJobId)));
}

/** What is left out stays as it is. */
export interface BatchChange {
  name?: string;
  description?: string;
  start_when_uploaded?: boolean;
}

export async function changeBatchJob(batchJobId: string, change: BatchChange): Promise<BatchJob> {
  return (await answer(apiClient.PATCH("/api/batch-jobs/{batch_id}", { ...at(batchJobId), body: change }))) as BatchJob;
}

/** Make a new batch of the same videos and settings. */
export async function duplicateBatchJob(batchJobId: string): Promise<BatchJob> {
  const made = await answer(apiClient.POST("/api/batch-jobs/{batch_id}/duplicate", at(batchJobId)));
  return made.batch_job as BatchJob;
}

export async function removeVideosFromBatch(batchJobId: string, videoIds: string[]): Promise<BatchJob> {
  const asked = apiClient.POST("/api/batch-jobs/{batch_id}/remove-videos", {
    ...at(batchJobId),
    body: { video_ids: videoIds },
  });
  return (await answer(asked)).batch_job as BatchJob;
}

/** Put the videos of a batch that was not started into this order. */
export async function orderVideos(batchJobId: string, videoIds: string[]): Promise<void> {
  await answer(apiClient.PUT("/api/batch-jobs/{batch_id}/order", { ...at(batchJobId), body: { video_ids: videoIds } }));
}

export async function exportBatch(
  batchJobId: string,
  config: BatchExportConfig,
): Promise<{ export_job_id: string; export: BatchExport }> {
  const body = config as components["schemas"]["NewExport"];
  return answer(apiClient.POST("/api/batch-jobs/{batch_id}/export", { ...at(batchJobId), body }));
}

/** What an export would be: nothing is made. */
export async function estimateExport(
  batchJobId: string,
  config: BatchExportConfig,
  signal?: AbortSignal,
): Promise<ExportEstimate> {
  const body = config as components["schemas"]["NewExport"];
  return answer(apiClient.POST("/api/batch-jobs/{batch_id}/export/estimate", { ...at(batchJobId), body, signal }));
}

export async function cancelExport({ batch_job_id, id }: BatchExport): Promise<BatchExport> {
  const params = { path: { batch_id: batch_job_id, export_id: id } };
  return answer(apiClient.POST("/api/batch-jobs/{batch_id}/export/{export_id}/cancel", { params }));
}

/** Make an export anew that failed, was cancelled or has expired. */
export async function retryExport({ batch_job_id, id }: BatchExport): Promise<BatchExport> {
  const params = { path: { batch_id: batch_job_id, export_id: id } };
  return answer(apiClient.POST("/api/batch-jobs/{batch_id}/export/{export_id}/retry", { params }));
}

export async function getExportStatus(batchJobId: string, exportId: string): Promise<BatchExport> {
  const path = { batch_id: batchJobId, export_id: exportId };
  return answer(apiClient.GET("/api/batch-jobs/{batch_id}/export/{export_id}", { params: { path } }));
}

/** The exports of a batch, newest first. */
export async function getExports(batchJobId: string, signal?: AbortSignal): Promise<BatchExport[]> {
  return (await answer(apiClient.GET("/api/batch-jobs/{batch_id}/exports", { ...at(batchJobId), signal }))).exports;
}

/** The newest exports of all batches. */
export async function getAllExports(signal?: AbortSignal): Promise<UserExport[]> {
  return (await answer(apiClient.GET("/api/exports", { signal }))).exports;
}
