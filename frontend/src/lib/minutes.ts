/** How many minutes of the month a batch will use: from lengths that are known, and from sizes where they are not. */
import type { BatchVideo } from "@/types/batch";

export interface Need {
  /** Minutes of media; null when nothing is known yet. */
  minutes: number | null;
  /** Whether a part of it is estimated. */
  about: boolean;
}

interface Length {
  bytes: number | null;
  /** Null while nobody knows. */
  seconds: number | null;
}

/** What these videos need together. One whose length is not known is taken to be like the others of its size. */
export function needOf(videos: readonly Length[]): Need {
  let seconds = 0;
  let bytes = 0;
  let unknown = 0;
  let unknownBytes = 0;
  for (const video of videos) {
    if (video.seconds !== null) {
      seconds += video.seconds;
      bytes += video.bytes ?? 0;
    } else {
      unknown += 1;
      unknownBytes += video.bytes ?? 0;
    }
  }
  if (unknown > 0 && unknown === videos.length) return { minutes: null, about: true };
  const estimated = unknown > 0 && bytes > 0 ? (unknownBytes * seconds) / bytes : 0;
  return { minutes: (seconds + estimated) / 60, about: unknown > 0 };
}

/** What a batch that was not started will hold: all its videos, but those that were refused. */
export function needOfBatch(videos: readonly BatchVideo[]): Need {
  const counted = videos.filter((video) => video.status !== "failed" && video.status !== "cancelled");
  return needOf(counted.map((video) => ({ bytes: video.size_bytes, seconds: video.duration_s })));
}
