/** What people do to batches: shown at once, taken back when the server says no. */
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import * as api from "@/api/batch";
import { editCuts } from "@/api/cuts";
import { keys } from "@/api/keys";
import { putJob } from "@/hooks/live-cache";
import { announce } from "@/lib/announcer";
import { plural } from "@/lib/format";
import { explain } from "@/lib/problems";
import { canRetry } from "@/lib/status";
import type { BatchJob, BatchJobDetails, BatchJobPage, BatchSettings, BatchVideo, CutEdit } from "@/types/batch";

export type BatchAction =
  | { kind: "start" | "pause" | "resume" | "cancel" | "delete" | "duplicate"; batch: BatchJob }
  | { kind: "retry"; batch: BatchJob; videoIds?: string[] }
  | { kind: "remove"; batch: BatchJob; videoIds: string[] }
  | { kind: "order"; batch: BatchJob; videoIds: string[] }
  | { kind: "render"; batch: BatchJob; videoId: string; settings: BatchSettings }
  | { kind: "cuts"; batch: BatchJob; videoId: string; version: string; edits: CutEdit[] }
  | { kind: "change"; batch: BatchJob; change: api.BatchChange };

async function ask(action: BatchAction): Promise<BatchJob | null> {
  const id = action.batch.id;
  switch (action.kind) {
    case "start":
      return (await api.startBatchProcessing(id)).batch_job;
    case "pause":
      return api.pauseBatchJob(id);
    case "resume":
      return api.resumeBatchJob(id);
    case "cancel":
      return api.cancelBatchJob(id);
    case "duplicate":
      return api.duplicateBatchJob(id);
    case "retry":
      return api.retryFailedVideos(id, action.videoIds);
    case "remove":
      return api.removeVideosFromBatch(id, action.videoIds);
    case "render":
      return api.renderVideoAgain(id, action.videoId, action.settings);
    case "cuts":
      return editCuts(id, action.videoId, action.version, action.edits);
    case "change":
      return api.changeBatchJob(id, action.change);
    case "order":
      await api.orderVideos(id, action.videoIds);
      return null;
    case "delete":
      await api.deleteBatchJob(id);
      return null;
  }
}

/** The batch as it will be if the server agrees. */
export function expected(action: BatchAction, batch: BatchJob): BatchJob {
  switch (action.kind) {
    case "start":
    case "resume":
      return { ...batch, status: "processing" };
    case "pause":
      return { ...batch, status: "paused" };
    case "cancel":
      return { ...batch, status: "cancelled", estimated_time_remaining: null, estimated_completion_at: null };
    case "retry": {
      const count = action.videoIds?.length ?? batch.failed_videos;
      return { ...batch, status: "processing", failed_videos: Math.max(0, batch.failed_videos - count) };
    }
    case "remove":
      return { ...batch, total_videos: batch.total_videos - action.videoIds.length };
    case "change":
      return { ...batch, ...action.change };
    default:
      return batch;
  }
}

/** The videos as they will be if the server agrees. */
export function expectedVideos(action: BatchAction, videos: BatchVideo[]): BatchVideo[] {
  switch (action.kind) {
    case "retry":
      return videos.map((video) =>
        canRetry(video) && (action.videoIds?.includes(video.video_id) ?? true)
          ? { ...video, status: "pending", error_message: null, progress_percentage: 0, current_stage: null }
          : video,
      );
    case "remove":
      return videos
        .filter((video) => !action.videoIds.includes(video.video_id))
        .map((video, number) => ({ ...video, position: number + 1 }));
    case "order": {
      const places = new Map(action.videoIds.map((id, place) => [id, place + 1]));
      return videos
        .map((video) => ({ ...video, position: places.get(video.video_id) ?? video.position }))
        .sort((a, b) => a.position - b.position);
    }
    default:
      return videos;
  }
}

function foresee(client: QueryClient, action: BatchAction): void {
  const id = action.batch.id;
  client.setQueryData<BatchJobDetails>(keys.batch(id), (known) =>
    known ? { ...known, ...expected(action, known), videos: expectedVideos(action, known.videos) } : known,
  );
  client.setQueriesData<BatchJobPage>({ queryKey: keys.batchLists }, (page) => {
    if (!page) return page;
    if (action.kind === "delete") {
      const left = page.batch_jobs.filter((job) => job.id !== id);
      return { ...page, batch_jobs: left, total: page.total - (page.batch_jobs.length - left.length) };
    }
    return { ...page, batch_jobs: page.batch_jobs.map((job) => (job.id === id ? expected(action, job) : job)) };
  });
}

const DONE: Partial<Record<BatchAction["kind"], (action: BatchAction) => string>> = {
  start: ({ batch }) => `${batch.name} is being processed`,
  pause: ({ batch }) => `${batch.name} is paused`,
  resume: ({ batch }) => `${batch.name} goes on`,
  cancel: ({ batch }) => `${batch.name} was cancelled`,
  delete: ({ batch }) => `${batch.name} was deleted`,
  duplicate: ({ batch }) => `A copy of ${batch.name} was made`,
  retry: (action) =>
    `${plural((action as { videoIds?: string[] }).videoIds?.length ?? action.batch.failed_videos, "video")} will be tried again`,
  cuts: () => "The video is rendered again with your cuts",
  render: ({ batch }) => `A video of ${batch.name} is rendered again`,
  remove: (action) => `${plural((action as { videoIds: string[] }).videoIds.length, "video")} removed`,
};

/** A mutation for everything that can be done to a batch. `onDone` hears of a success. */
export function useBatchAction(onDone?: (action: BatchAction, answer: BatchJob | null) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onMutate: async (action) => {
      await client.cancelQueries({ queryKey: keys.batch(action.batch.id) });
      await client.cancelQueries({ queryKey: keys.batchLists });
      const before = {
        one: client.getQueryData<BatchJobDetails>(keys.batch(action.batch.id)),
        lists: client.getQueriesData<BatchJobPage>({ queryKey: keys.batchLists }),
      };
      foresee(client, action);
      return before;
    },
    onError: (error, action, before) => {
      if (before?.one) client.setQueryData(keys.batch(action.batch.id), before.one);
      for (const [key, page] of before?.lists ?? []) client.setQueryData(key, page);
      const { title, detail } = explain(error);
      toast.error(title, { description: detail });
    },
    onSuccess: (answer, action) => {
      if (answer && action.kind !== "duplicate") putJob(client, answer);
      const text = DONE[action.kind]?.(action);
      if (text) {
        announce(text, "now");
        toast.success(text, { id: `${action.kind}/${action.batch.id}` });
      }
      onDone?.(action, answer);
    },
    onSettled: (_answer, error, action) => {
      if (action.kind === "delete" && !error) client.removeQueries({ queryKey: keys.batch(action.batch.id) });
      else void client.invalidateQueries({ queryKey: keys.batch(action.batch.id) });
      void client.invalidateQueries({ queryKey: keys.batchLists });
      void client.invalidateQueries({ queryKey: keys.usage });
      if (action.kind === "delete" || action.kind === "remove") void client.invalidateQueries({ queryKey: ["videos"] });
    },
  });
}
