/** One upload: what is shown of it, and what the uploader knows of it. */
import type { Piece } from "@/lib/pieces";
import type { Put } from "@/lib/transfer";
import type { JournalEntry } from "@/lib/upload-journal";
import type { PartUrl, UploadedVideo, UploadPlan, UploadProgress, UploadState } from "@/types/batch";

/** What the uploader asks of the server. */
export interface UploadServer {
  put: Put;
  getUpload: (videoId: string) => Promise<UploadState>;
  signPart: (videoId: string, number: number) => Promise<PartUrl>;
  complete: (videoId: string) => Promise<UploadedVideo>;
}

/** One file on its way, as it is shown. */
export interface Upload extends JournalEntry {
  status: UploadProgress["status"];
  sent: number;
  /** Failures of parts that are being tried again. */
  failures: number;
  error: string | null;
}

export interface Uploads {
  all: readonly Upload[];
  /** Bytes in a second, smoothed. */
  speed: number;
}

export interface Job {
  upload: Upload;
  file: File | null;
  plan: UploadPlan | null;
  waiting: Piece[];
  /** Bytes on their way, by the number of the part. */
  moving: Map<number, { stop: AbortController; sent: number; piece: Piece }>;
  storedBytes: number;
  video: UploadedVideo | null;
  settled: (() => void)[];
}

/** An upload that has not begun. */
export function newJob(entry: JournalEntry, status: Upload["status"] = "waiting"): Job {
  const upload: Upload = { ...entry, status, sent: 0, failures: 0, error: null };
  return { upload, file: null, plan: null, waiting: [], moving: new Map(), storedBytes: 0, video: null, settled: [] };
}

/** An upload as it is shown, with the bytes that are under way. */
export function show(job: Job): Upload {
  const moving = [...job.moving.values()].reduce((sum, { sent }) => sum + sent, 0);
  const sent = Math.min(job.upload.size, job.storedBytes + moving);
  return sent === job.upload.sent ? job.upload : { ...job.upload, sent };
}
