/** The specification's names on top of the types that the gateway's OpenAPI describes. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

/** What is done to every video of a batch. */
export type BatchSettings = Required<Schemas["BatchSettings"]>;
type WithSettings<T> = Omit<T, "settings"> & { settings: BatchSettings };

/** A batch, without its videos. */
export type BatchJob = WithSettings<Schemas["BatchJob"]>;
/** One video in one batch. */
export type BatchVideo = Omit<Schemas["BatchVideo"], "settings"> & { settings: BatchSettings | null };
/** What came of a video. */
export type ProcessingResult = Schemas["ProcessingResult"];
/** A batch with all its videos, in their order. */
export type BatchJobDetails = BatchJob & { videos: BatchVideo[] };
/** A page of batches. */
export type BatchJobPage = {
  batch_jobs: BatchJob[];
  total: number;
  by_status: Partial<Record<BatchJobStatus, number>>;
};

export type BatchJobStatus = Schemas["BatchStatus"];
export type BatchVideoStatus = Schemas["VideoStatus"];
export type ProcessingStage = Schemas["Stage"];
export type BatchExport = Schemas["BatchExport"];
export type BatchExportFormat = Schemas["ExportFormat"];
export type HighlightSensitivity = Schemas["Sensitivity"];
export type OutputFormat = Schemas["OutputFormat"];
export type Quality = Schemas["Quality"];

export type BatchReport = Schemas["BatchReport"];

/** What was used of a month, and what is left of it. */
export type Usage = Schemas["Usage"];
export type Storage = Schemas["Storage"];
export type MonthUsed = Schemas["MonthUsed"];
export type LedgerLine = Schemas["LedgerLine"];
export type LedgerPage = Schemas["LedgerPage"];
export type Deletions = Schemas["Deletions"];

/** A period in numbers. */
export type Analytics = Schemas["Analytics"];
export type AnalyticsTotals = Schemas["Totals"];
export type Tally = Schemas["Tally"];
export type Preferences = Schemas["Preferences"];
export type PreferencesChange = Schemas["PreferencesChange"];

export type Notice = Schemas["Notice"];
export type NoticePage = Schemas["NoticePage"];
export type NotificationSettings = Schemas["NotificationSettings"];
export type Webhook = Schemas["Webhook"];
export type WebhookMade = Schemas["WebhookMade"];
export type WebhookList = Schemas["WebhookList"];
export type WebhookEvent = Schemas["EventType"];
export type WebhookDelivery = Schemas["Delivery"];
export type DeliveryPage = Schemas["DeliveryPage"];

/** How a batch gets on, in short. */
export interface BatchProgress {
  batch_job_id: string;
  progress_percentage: number;
  current_video_id: string | null;
  current_video_name: string | null;
  current_stage: ProcessingStage | null;
  completed_count: number;
  failed_count: number;
  pending_count: number;
  estimated_time_remaining: number | null;
}

/** How one file of an upload gets on. */
export interface UploadProgress {
  file_index: number;
  file_name: string;
  progress: number;
  status: "waiting" | "uploading" | "paused" | "finishing" | "done" | "failed" | "missing";
  error: string | null;
}

/** How an export is put together. */
export type BatchExportConfig = Partial<Schemas["NewExport"]> & { format: BatchExportFormat };

/** What an export would be, told before it is made. */
export type ExportEstimate = Schemas["ExportEstimate"];

/** What is said in a finished video, and where it can be had as a file. */
export type VideoTranscript = Schemas["VideoTranscript"];
export type TranscriptSegment = Schemas["Segment"];
export type Highlight = Schemas["Highlight"];
export type Highlights = Schemas["Highlights"];
export type BatchHighlights = Schemas["BatchHighlights"];

/** What was cut out of a finished video, and why. */
export type VideoCuts = Schemas["VideoCuts"];
export type Stretch = Schemas["Stretch"];
export type CutEdit = Schemas["CutEdit"];

export type UploadPlan = Schemas["UploadPlan"];
export type UploadState = Schemas["UploadState"];
export type PartUrl = Schemas["PartUrl"];
export type Video = Schemas["LibraryVideo"];
export type VideoProxy = Schemas["VideoProxy"];
export type UploadedVideo = Schemas["Video"];
export type UserExport = Schemas["UserExport"];
export type Me = Schemas["Me"];
export type SignInOptions = Schemas["SignInOptions"];
export type Limits = Schemas["Limits"];
export type ApiKey = Schemas["ApiKeyShown"];
export type SettingsTemplate = WithSettings<Schemas["Template"]>;

export type LiveEvent =
  | Schemas["ProgressEvent"]
  | Schemas["UploadEvent"]
  | Schemas["ExportProgressEvent"]
  | (BatchJob & { type: "batch" })
  | (BatchVideo & { type: "video" })
  | (BatchExport & { type: "export" })
  | Schemas["NoticesEvent"]
  | { type: "snapshot"; batch_jobs: BatchJob[]; live: LiveProgress[] };
export type LiveProgress = Schemas["ProgressEvent"] | Schemas["UploadEvent"] | Schemas["ExportProgressEvent"];
