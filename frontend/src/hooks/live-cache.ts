/** Writes live events into the query cache: pages only read queries, and never know where news came from. */
import type { QueryClient } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { noteChange } from "@/lib/activity";
import { percentOf } from "@/lib/progress";
import type {
  BatchExport,
  BatchJob,
  BatchJobDetails,
  BatchJobPage,
  BatchVideo,
  LiveEvent,
  LiveProgress,
  Notice,
  NoticePage,
  UserExport,
} from "@/types/batch";

/** Something that people want to be told of. */
export type Outcome =
  | { about: "video"; batchId: string; batchName: string; video: BatchVideo }
  | { about: "batch"; batch: BatchJob }
  | { about: "export"; export: BatchExport }
  | { about: "notice"; notice: Notice };

/** Take these events in, in their order; gives what people want to be told of. */
export function applyEvents(client: QueryClient, events: readonly LiveEvent[], at = Date.now()): Outcome[] {
  const outcomes: Outcome[] = [];
  const touched = new Set<string>();
  let listsAreOld = false;
  for (const event of events) {
    switch (event.type) {
      case "snapshot":
        // Something may have been missed: what is shown is asked for again.
        for (const job of event.batch_jobs) putJob(client, job);
        for (const live of event.live) putProgress(client, live, touched, at);
        void client.invalidateQueries({ queryKey: keys.batches });
        void client.invalidateQueries({ queryKey: ["exports"] });
        void client.invalidateQueries({ queryKey: keys.notices });
        listsAreOld = true;
        break;
      case "batch": {
        const { type: _, ...job } = event;
        const was = putJob(client, job);
        if (was?.status !== job.status) {
          listsAreOld = true;
          if (was && (job.status === "completed" || job.status === "failed"))
            outcomes.push({ about: "batch", batch: job });
        }
        break;
      }
      case "video": {
        const { type: _, ...video } = event;
        const told = putVideo(client, video, at);
        if (told) outcomes.push(told);
        touched.add(video.batch_job_id);
        if (video.uploaded_at === null || video.status === "pending") {
          void client.invalidateQueries({ queryKey: keys.videoLists, refetchType: "none" });
        }
        break;
      }
      case "export": {
        const { type: _, ...made } = event;
        if (putExport(client, made)) outcomes.push({ about: "export", export: made });
        break;
      }
      case "notices":
        putNotices(client, event.unread);
        if (event.notice) outcomes.push({ about: "notice", notice: event.notice });
        break;
      default:
        putProgress(client, event, touched, at);
    }
  }
  for (const id of touched) sumUp(client, id);
  if (listsAreOld) {
    // What begins or ends changes what is left of the month, too.
    for (const queryKey of [keys.batchLists, keys.usage, keys.analytics]) void client.invalidateQueries({ queryKey });
  }
  return outcomes;
}

/** Show how many are unread at once; which ones, the next answer tells. */
function putNotices(client: QueryClient, unread: number): void {
  client.setQueriesData<NoticePage>({ queryKey: keys.notices }, (page) => page && { ...page, unread });
  void client.invalidateQueries({ queryKey: keys.notices });
}

/** Put a batch everywhere it is shown; gives what was known of it before. An older one changes nothing. */
export function putJob(client: QueryClient, job: BatchJob): BatchJob | undefined {
  let was: BatchJob | undefined;
  client.setQueryData<BatchJobDetails>(keys.batch(job.id), (known) => {
    if (!known) return known;
    was = known;
    return job.revision < known.revision ? known : { ...job, videos: known.videos };
  });
  client.setQueriesData<BatchJobPage>({ queryKey: keys.batchLists }, (page) => {
    const known = page?.batch_jobs.find((one) => one.id === job.id);
    if (!page || !known) return page;
    was ??= known;
    if (job.revision < known.revision) return page;
    return { ...page, batch_jobs: page.batch_jobs.map((one) => (one === known ? job : one)) };
  });
  return was;
}

function putVideo(client: QueryClient, video: BatchVideo, at: number): Outcome | null {
  let told: Outcome | null = null;
  const batch = client.getQueryData<BatchJobDetails>(keys.batch(video.batch_job_id));
  const was = batch?.videos.find((one) => one.video_id === video.video_id);
  const name = batch?.name ?? jobInLists(client, video.batch_job_id)?.name;
  const over = video.status === "completed" || video.status === "failed";
  if (was && batch) {
    if (video.revision < was.revision) return null;
    noteChange(was, video, at);
    const videos = batch.videos.map((one) => (one === was ? video : one));
    client.setQueryData<BatchJobDetails>(keys.batch(batch.id), { ...batch, videos });
  } else if (batch) void client.invalidateQueries({ queryKey: keys.batch(batch.id) });
  if (name && over && was?.status !== video.status) {
    told = { about: "video", batchId: video.batch_job_id, batchName: name, video };
  }
  return told;
}

function putProgress(client: QueryClient, event: LiveProgress, touched: Set<string>, at: number): void {
  if (event.type === "export_progress") {
    const { progress, operation, remaining_s = null } = event;
    const step = { progress, operation, remaining_s, status: "processing" as const };
    changeExport(client, event.batch_id, event.export_id, (known) =>
      known.status === "pending" || known.status === "processing" ? { ...known, ...step } : known,
    );
    return;
  }
  if (event.type === "progress") foresee(client, event, at);
  const batch = client.getQueryData<BatchJobDetails>(keys.batch(event.batch_id));
  const was = batch?.videos.find((video) => video.video_id === event.video_id);
  if (event.type === "progress" && !was) nudge(client, event.batch_id, event.video_id, event.progress);
  if (!batch || !was) return;
  const is = event.type === "progress" ? worked(was, event) : uploaded(was, event);
  if (is === was) return;
  noteChange(was, is, at);
  const videos = batch.videos.map((video) => (video === was ? is : video));
  client.setQueryData<BatchJobDetails>(keys.batch(batch.id), { ...batch, videos });
  touched.add(batch.id);
}

function worked(video: BatchVideo, event: Extract<LiveProgress, { type: "progress" }>): BatchVideo {
  if (event.attempt < video.attempt || (video.status !== "processing" && video.status !== "pending")) return video;
  return {
    ...video,
    status: "processing",
    attempt: event.attempt,
    progress_percentage: event.progress,
    current_stage: event.current_stage,
    estimated_time_remaining: event.video_time_remaining ?? video.estimated_time_remaining,
  };
}

/** Progress tells when its batch will be done, as soon as that is known. */
function foresee(client: QueryClient, event: Extract<LiveProgress, { type: "progress" }>, at: number): void {
  const seconds = event.estimated_time_remaining;
  if (seconds === null) return;
  const change = {
    estimated_time_remaining: seconds,
    estimated_completion_at: new Date(at + seconds * 1000).toISOString(),
  };
  const changed = <T extends BatchJob>(job: T): T => (job.status === "processing" ? { ...job, ...change } : job);
  client.setQueryData<BatchJobDetails>(keys.batch(event.batch_id), (known) => known && changed(known));
  changeInLists(client, event.batch_id, changed);
}

function uploaded(video: BatchVideo, event: Extract<LiveProgress, { type: "upload" }>): BatchVideo {
  if (video.uploaded_at !== null || (video.status !== "pending" && video.status !== "uploading")) return video;
  const percent = event.bytes_total ? Math.min(100, Math.floor((100 * event.bytes_received) / event.bytes_total)) : 0;
  return { ...video, status: "uploading", current_stage: "uploading", progress_percentage: percent };
}

const lastSeen = new Map<string, number>();

/** A video of a batch that is only in lists got further: its batch gets further by its share. */
function nudge(client: QueryClient, batchId: string, videoId: string, progress: number): void {
  const was = lastSeen.get(videoId);
  lastSeen.set(videoId, progress);
  if (was === undefined || progress <= was) return;
  changeInLists(client, batchId, (job) => {
    const percent = job.progress_percentage + (progress - was) / Math.max(1, job.total_videos);
    return { ...job, progress_percentage: Math.min(99, percent) };
  });
}

/** The progress of a batch follows from that of its videos. */
function sumUp(client: QueryClient, batchId: string): void {
  const batch = client.getQueryData<BatchJobDetails>(keys.batch(batchId));
  if (!batch || (batch.status !== "processing" && batch.status !== "paused")) return;
  const percent = Math.min(99, percentOf(batch.videos));
  const progress_percentage = Math.max(percent, Math.min(99, Math.floor(batch.progress_percentage)));
  client.setQueryData<BatchJobDetails>(keys.batch(batchId), { ...batch, progress_percentage });
  changeInLists(client, batchId, (job) => ({ ...job, progress_percentage }));
}

function changeInLists(client: QueryClient, batchId: string, change: (job: BatchJob) => BatchJob): void {
  client.setQueriesData<BatchJobPage>({ queryKey: keys.batchLists }, (page) =>
    page?.batch_jobs.some((job) => job.id === batchId)
      ? { ...page, batch_jobs: page.batch_jobs.map((job) => (job.id === batchId ? change(job) : job)) }
      : page,
  );
}

function jobInLists(client: QueryClient, batchId: string): BatchJob | undefined {
  for (const [, page] of client.getQueriesData<BatchJobPage>({ queryKey: keys.batchLists })) {
    const job = page?.batch_jobs.find((one) => one.id === batchId);
    if (job) return job;
  }
  return undefined;
}

/** Put an export everywhere it is shown; says whether it has just ended. */
function putExport(client: QueryClient, made: BatchExport): boolean {
  let known = false;
  let ended = false;
  changeExport(client, made.batch_job_id, made.id, (was) => {
    known = true;
    if (made.revision < was.revision) return was;
    ended = was.status !== made.status && (made.status === "completed" || made.status === "failed");
    return made;
  });
  if (!known) void client.invalidateQueries({ queryKey: ["exports"] });
  return ended;
}

function changeExport(
  client: QueryClient,
  batchId: string,
  exportId: string,
  change: (known: BatchExport) => BatchExport,
): void {
  client.setQueryData<BatchExport[]>(keys.exports(batchId), (all) =>
    all?.map((one) => (one.id === exportId ? change(one) : one)),
  );
  client.setQueryData<UserExport[]>(keys.allExports, (all) =>
    all?.map((one) => (one.export.id === exportId ? { ...one, export: change(one.export) } : one)),
  );
}
