/** Files that people choose or drop: found in folders, checked before anything is sent. */
import { formatBytes } from "@/lib/format";

export const MOST_BYTES = 2 * 1024 ** 3;
const EXTENSIONS = ["mp4", "mov", "avi", "webm"];
/** For the browser's file chooser. */
export const ACCEPT = EXTENSIONS.map((extension) => `.${extension}`).join(",");

export interface Rejection {
  name: string;
  reason: string;
}

export interface Checked {
  accepted: File[];
  rejected: Rejection[];
}

/** Which of these files can be added to those that are there; each of the others says why not. */
export function checkFiles(files: readonly File[], present: readonly File[], most: number): Checked {
  const known = new Set(present.map(identity));
  const accepted: File[] = [];
  const rejected: Rejection[] = [];
  for (const file of files) {
    const reason = problemOf(file, known, present.length + accepted.length, most);
    if (reason) rejected.push({ name: file.name, reason });
    else {
      known.add(identity(file));
      accepted.push(file);
    }
  }
  return { accepted, rejected };
}

function problemOf(file: File, known: Set<string>, count: number, most: number): string | null {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  if (!EXTENSIONS.includes(extension)) return "Not a video we take: use MP4, MOV, AVI or WebM.";
  if (file.size === 0) return "The file is empty.";
  if (file.size > MOST_BYTES) return `${formatBytes(file.size)} is more than the 2 GB that a video may have.`;
  if (known.has(identity(file))) return "Already in the list.";
  if (count >= most) return `Your plan allows ${most} videos in a batch.`;
  return null;
}

/** The same file chosen twice is the same in all of these. */
export function identity(file: { name: string; size: number; lastModified: number }): string {
  return `${file.name}/${file.size}/${file.lastModified}`;
}

/** All files of a drop, also those inside of folders. Hidden files are left out. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  // The entries have to be taken before the first await: afterwards the browser has emptied the list.
  const entries = [...transfer.items].map((item) => (item.kind === "file" ? item.webkitGetAsEntry?.() : null));
  if (!entries.some(Boolean)) return [...transfer.files];
  const found = await Promise.all(entries.filter((entry) => entry !== null && entry !== undefined).map(inside));
  return found.flat().filter((file) => !file.name.startsWith("."));
}

async function inside(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return new Promise((resolve) =>
      (entry as FileSystemFileEntry).file(
        (file) => resolve([file]),
        () => resolve([]),
      ),
    );
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const entries: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and an empty list at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) break;
    entries.push(...some);
  }
  return (await Promise.all(entries.map(inside))).flat();
}

const PATIENCE_MS = 5000;

/** How long a video is, as far as the browser can tell without reading it whole; null when it cannot. */
export function durationOf(file: File): Promise<number | null> {
  return new Promise((resolve) => {
    if (typeof URL.createObjectURL !== "function") return resolve(null);
    const url = URL.createObjectURL(file);
    const video = document.createElement("video");
    const done = (seconds: number | null) => {
      clearTimeout(timer);
      video.removeAttribute("src");
      URL.revokeObjectURL(url);
      resolve(seconds);
    };
    const timer = setTimeout(() => done(null), PATIENCE_MS);
    video.preload = "metadata";
    video.onloadedmetadata = () => done(Number.isFinite(video.duration) ? video.duration : null);
    video.onerror = () => done(null);
    video.src = url;
  });
}

/** A name for a batch of these files: their common beginning, else the day. */
export function suggestedName(files: readonly { name: string }[], today: Date): string {
  const names = files.map((file) => file.name.replace(/\.[^.]+$/, ""));
  let common = names[0] ?? "";
  for (const name of names.slice(1)) {
    while (common && !name.startsWith(common)) common = common.slice(0, -1);
  }
  const tidy = common
    .replace(/[_.]+/g, " ")
    .replace(/[\s\-–(#]*(?:\b(?:episode|ep|part|no)\b)?[\s\-–(#]*\d*$/i, "")
    .trim();
  if (tidy.length >= 3) return tidy.slice(0, 100);
  return `Batch of ${today.toLocaleDateString("en", { day: "numeric", month: "long" })}`;
}
