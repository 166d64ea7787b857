/** What statuses and stages are called and how they look, in one place. */
import {
  AudioLines,
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  Clapperboard,
  Clock,
  FileVideo,
  LoaderCircle,
  type LucideIcon,
  Pause,
  Sparkles,
  Subtitles,
  Upload,
} from "lucide-react";
import type {
  BatchExport,
  BatchJob,
  BatchJobStatus,
  BatchVideo,
  BatchVideoStatus,
  ProcessingStage,
} from "@/types/batch";

export type StatusTone = "idle" | "info" | "busy" | "good" | "bad";

interface Look {
  label: string;
  tone: StatusTone;
  icon: LucideIcon;
  /** Whether the icon turns. */
  spins?: boolean;
}

export const JOB_STATUS: Record<BatchJobStatus, Look> = {
  pending: { label: "Not started", tone: "idle", icon: CircleDashed },
  processing: { label: "Processing", tone: "busy", icon: LoaderCircle, spins: true },
  paused: { label: "Paused", tone: "info", icon: Pause },
  completed: { label: "Completed", tone: "good", icon: CircleCheck },
  failed: { label: "Failed", tone: "bad", icon: CircleAlert },
  cancelled: { label: "Cancelled", tone: "idle", icon: Ban },
};

export const VIDEO_STATUS: Record<BatchVideoStatus, Look> = {
  pending: { label: "Waiting", tone: "idle", icon: Clock },
  uploading: { label: "Uploading", tone: "info", icon: Upload },
  processing: { label: "Processing", tone: "busy", icon: LoaderCircle, spins: true },
  completed: { label: "Completed", tone: "good", icon: CircleCheck },
  failed: { label: "Failed", tone: "bad", icon: CircleAlert },
  cancelled: { label: "Cancelled", tone: "idle", icon: Ban },
};

export const EXPORT_STATUS: Record<BatchExport["status"], Look> = {
  pending: { label: "Waiting", tone: "idle", icon: Clock },
  processing: { label: "Packing", tone: "busy", icon: LoaderCircle, spins: true },
  completed: { label: "Ready", tone: "good", icon: CircleCheck },
  failed: { label: "Failed", tone: "bad", icon: CircleAlert },
  cancelled: { label: "Cancelled", tone: "idle", icon: Ban },
  expired: { label: "Expired", tone: "idle", icon: Clock },
};

export const LIBRARY_STATUS: Record<string, Look> = {
  waiting: { label: "Waiting for its file", tone: "idle", icon: Clock },
  uploading: { label: "Uploading", tone: "info", icon: Upload },
  checking: { label: "Being checked", tone: "busy", icon: LoaderCircle, spins: true },
  ready: { label: "Ready", tone: "good", icon: CircleCheck },
  rejected: { label: "Refused", tone: "bad", icon: CircleAlert },
};

export const STAGE: Record<ProcessingStage, { label: string; done: string; icon: LucideIcon }> = {
  uploading: { label: "Uploading", done: "Uploaded", icon: Upload },
  transcribing: { label: "Transcribing", done: "Transcription completed", icon: Subtitles },
  removing_silence: { label: "Removing silence", done: "Silence removed", icon: AudioLines },
  detecting_highlights: { label: "Detecting highlights", done: "Highlights found", icon: Sparkles },
  exporting: { label: "Exporting", done: "Exported", icon: Clapperboard },
};

export const FORMAT: Record<BatchExport["format"], { label: string; file: string; icon: LucideIcon }> = {
  zip: { label: "Individual files (ZIP)", file: "ZIP", icon: FileVideo },
  merged: { label: "Merged video", file: "video", icon: Clapperboard },
  playlist: { label: "Playlist (M3U8)", file: "playlist", icon: Subtitles },
};

/** The stages that these settings lead to, in their order. */
export function stagesOf(settings: BatchJob["settings"]): ProcessingStage[] {
  const wanted: [boolean, ProcessingStage][] = [
    [settings.transcribe, "transcribing"],
    [settings.remove_silence, "removing_silence"],
    [settings.detect_highlights, "detecting_highlights"],
    [true, "exporting"],
  ];
  return wanted.filter(([is]) => is).map(([, stage]) => stage);
}

export function isOver(status: BatchJobStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

export function isActive(status: BatchJobStatus): boolean {
  return status === "processing" || status === "paused";
}

/** Whether a video has ended, one way or another. */
export function isFinished(status: BatchVideoStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/** Whether the server still waits for the bytes of this video. */
export function awaitsUpload(video: BatchVideo): boolean {
  return video.uploaded_at === null && (video.status === "pending" || video.status === "uploading");
}

/** A failed video that was uploaded can be tried again; a refused file has to be uploaded anew. */
export function canRetry(video: BatchVideo): boolean {
  return video.status === "failed" && video.uploaded_at !== null;
}
