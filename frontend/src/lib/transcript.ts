/** Where in a transcript the player is. */
import type { TranscriptSegment } from "@/types/batch";

/** Of the result, or of the file that was uploaded. */
export type Timeline = "output" | "source";

interface Timed {
  start: number;
  end: number;
  source_start: number;
  source_end: number;
}

export function timesOf(timed: Timed, timeline: Timeline): { start: number; end: number } {
  return timeline === "output"
    ? { start: timed.start, end: timed.end }
    : { start: timed.source_start, end: timed.source_end };
}

/** The place of the word that is heard at a moment: the last that has begun, or -1. */
export function currentWord(segment: TranscriptSegment, timeline: Timeline, at: number): number {
  return segment.words.findLastIndex((word) => timesOf(word, timeline).start <= at + 0.05);
}

/** Whether a text has all words that are searched for. */
export function found(text: string, search: string): boolean {
  const lower = text.toLowerCase();
  return search
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
