/** Things as the server would tell them, for tests. */
import { DEFAULT_SETTINGS } from "@/lib/settings";
import type {
  BatchExport,
  BatchJob,
  BatchJobDetails,
  BatchReport,
  BatchVideo,
  ExportEstimate,
  Highlight,
  Me,
  Notice,
  SettingsTemplate,
  VideoCuts,
  VideoTranscript,
} from "@/types/batch";

const NOW = "2026-11-22T12:00:00Z";
let number = 0;

export function makeId(): string {
  number += 1;
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

export function makeMe(facts: Partial<Me> = {}): Me {
  return {
    id: "user",
    email: "ada@example.com",
    tier: "creator",
    role: "user",
    created_at: NOW,
    theme: null,
    limits: {
      videos_per_batch: 20,
      concurrency: 3,
      weight: 2,
      default_priority: 6,
      batches_per_hour: 20,
      open_batches: 10,
      minutes_per_month: 3000,
      retention_days: 30,
    },
    ...facts,
  };
}

export function makeJob(facts: Partial<BatchJob> = {}): BatchJob {
  return {
    id: makeId(),
    user_id: "user",
    name: "Season 3",
    description: null,
    settings: DEFAULT_SETTINGS,
    start_when_uploaded: false,
    status: "processing",
    priority: 6,
    total_videos: 20,
    completed_videos: 15,
    failed_videos: 0,
    cancelled_videos: 0,
    running_videos: 1,
    progress_percentage: 75,
    total_duration_seconds: 3600,
    processed_duration_seconds: 1800,
    estimated_time_remaining: 600,
    estimated_completion_at: "2099-11-22T20:10:00Z",
    error_message: null,
    created_at: NOW,
    started_at: NOW,
    completed_at: null,
    updated_at: NOW,
    revision: 1,
    ...facts,
  };
}

export function makeVideo(facts: Partial<BatchVideo> = {}): BatchVideo {
  const id = makeId();
  return {
    id,
    batch_job_id: "batch",
    video_id: `video-${id}`,
    position: 1,
    name: "episode-1.mp4",
    size_bytes: 734_003_200,
    duration_s: 1834,
    status: "pending",
    progress_percentage: 0,
    current_stage: null,
    error_code: null,
    error_message: null,
    retry_count: 0,
    max_retries: 3,
    attempt: 0,
    estimated_time_remaining: null,
    estimated_completion_at: null,
    settings: null,
    processing_result: null,
    output: null,
    output_video_url: null,
    uploaded_at: NOW,
    next_try_at: null,
    created_at: NOW,
    started_at: null,
    completed_at: null,
    updated_at: NOW,
    revision: 1,
    ...facts,
  };
}

/** What came of a batch. */
export function makeReport(batch: BatchJobDetails, facts: Partial<BatchReport> = {}): BatchReport {
  return {
    batch_job_id: batch.id,
    name: batch.name,
    status: batch.status,
    started_at: NOW,
    completed_at: NOW,
    elapsed_s: 720,
    processing_s: 600,
    completed_videos: batch.completed_videos,
    failed_videos: batch.failed_videos,
    cancelled_videos: batch.cancelled_videos,
    source_s: 1834,
    output_s: 1400,
    saved_s: 434,
    warnings: 0,
    highlights: 0,
    videos: batch.videos.map((video) => ({
      video_id: video.video_id,
      position: video.position,
      name: video.name,
      status: video.status,
      source_s: 1834,
      output_s: 1400,
      saved_s: 434,
      processing_s: 600,
      attempts: 1,
      error_code: video.error_code,
      error_message: video.error_message,
      what_to_do: video.error_message ? "Upload it again." : null,
      warnings: [],
      highlights: null,
    })),
    ...facts,
  };
}

/** A batch of these videos, with the numbers that follow from them. */
export function makeDetails(videos: Partial<BatchVideo>[], facts: Partial<BatchJob> = {}): BatchJobDetails {
  const id = facts.id ?? makeId();
  const all = videos.map((video, place) =>
    makeVideo({ position: place + 1, name: `episode-${place + 1}.mp4`, ...video, batch_job_id: id }),
  );
  const count = (status: BatchVideo["status"]) => all.filter((video) => video.status === status).length;
  const job = makeJob({
    total_videos: all.length,
    completed_videos: count("completed"),
    failed_videos: count("failed"),
    cancelled_videos: count("cancelled"),
    running_videos: count("processing"),
    ...facts,
    id,
  });
  return { ...job, videos: all };
}

/** The same as the API tells it. */
export function told(batch: BatchJobDetails) {
  const { videos, ...batch_job } = batch;
  return { batch_job, videos };
}

export function makeExport(facts: Partial<BatchExport> = {}): BatchExport {
  return {
    id: makeId(),
    batch_job_id: "batch",
    format: "zip",
    status: "completed",
    progress: 100,
    operation: null,
    remaining_s: null,
    left_out: [],
    deliverable: null,
    file_name: "Season 3.zip",
    file_size: 512_000_000,
    download_url: "http://store.test/season-3.zip",
    expires_at: new Date(Date.now() + 23 * 3600_000).toISOString(),
    error_message: null,
    created_at: NOW,
    completed_at: NOW,
    revision: 1,
    ...facts,
  };
}

export function makeEstimate(facts: Partial<ExportEstimate> = {}): ExportEstimate {
  return {
    videos: 2,
    size_bytes: 200_000_000,
    duration_s: 120,
    file_name: "Season 3.zip",
    files: ["001_one.mp4", "002_two.mp4"],
    left_out: [],
    ...facts,
  };
}

export function makeNotice(facts: Partial<Notice> = {}): Notice {
  return {
    id: makeId(),
    kind: "batch_completed",
    title: "Season 3 is finished",
    text: "20 videos done. 2 h 5 min saved.",
    link: null,
    batch_job_id: null,
    created_at: NOW,
    read_at: null,
    ...facts,
  };
}

export function makeTemplate(facts: Partial<SettingsTemplate> = {}): SettingsTemplate {
  return {
    id: makeId(),
    name: "Podcast",
    settings: DEFAULT_SETTINGS,
    is_default: false,
    created_at: NOW,
    updated_at: NOW,
    ...facts,
  };
}

/** A file of so many bytes, none of which is looked at. */
export function makeFile(name: string, size = 1000, type = "video/mp4"): File {
  const file = new File(["x"], name, { type, lastModified: 1 });
  Object.defineProperty(file, "size", { value: size });
  return file;
}

/** Sentences of which each begins four seconds after the one before; the source is ten seconds behind. */
export function makeTranscript(...sentences: string[]): VideoTranscript {
  const segments = sentences.map((text, id) => {
    const words = text.split(" ").map((word, place) => {
      const start = 4 * id + place / 2;
      return {
        word: ` ${word}`,
        start,
        end: start + 0.5,
        probability: 0.9,
        source_start: start + 10 * id,
        source_end: start + 10 * id + 0.5,
      };
    });
    const times = { start: 4 * id, end: 4 * id + 3, source_start: 14 * id, source_end: 14 * id + 3 };
    return { id, text, words, ...times };
  });
  return {
    transcript: { language: "en", model: "tiny", text: sentences.join(" "), segments },
    downloads: { srt: "/srt", vtt: "/vtt", txt: "/txt", json: "/json" },
  };
}

export function makeHighlight(facts: Partial<Highlight> = {}): Highlight {
  return {
    start_s: 10,
    end_s: 14,
    source_start_s: 12,
    source_end_s: 16,
    score: 1,
    reasons: [{ why: "keyword", sentence: "Says “answer”.", points: 1 }],
    text: "What is the best answer?",
    ...facts,
  };
}

/** Ten seconds of which two are cut. */
export function makeCuts(facts: Partial<VideoCuts> = {}): VideoCuts {
  return {
    version: makeId(),
    source_s: 10,
    output_s: 8,
    cuts: [{ start_s: 4, end_s: 6, why: "silence" }],
    automatic: [{ start_s: 4, end_s: 6, why: "silence" }],
    protected: [{ start_s: 8, end_s: 9, why: "speech" }],
    edits: [],
    mode: "loudness",
    threshold_db: -40,
    peaks: [0, 40, 255, 12],
    ...facts,
  };
}
