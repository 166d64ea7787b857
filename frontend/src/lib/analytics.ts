/** A period in numbers, as it is shown: steps without gaps, and what codes and settings are called. */
import { stepLabel, stepsOf } from "@/lib/periods";
import type { Analytics, AnalyticsTotals } from "@/types/batch";

/** One step of a period: a day, a week or a month. */
export interface Step {
  since: string;
  label: string;
  totals: AnalyticsTotals;
  /** Seconds of media that were processed in a second of work; null when nothing was. */
  speed: number | null;
}

const NOTHING: AnalyticsTotals = {
  batches_completed: 0,
  batches_failed: 0,
  batches_cancelled: 0,
  videos_completed: 0,
  videos_failed: 0,
  videos_cancelled: 0,
  source_s: 0,
  output_s: 0,
  saved_s: 0,
  processing_s: 0,
};

/** Every step of the period in its order; those in which nothing ended are all zeros. */
export function stepsIn(analytics: Analytics): Step[] {
  const known = new Map(analytics.steps.map((step) => [step.since, { ...NOTHING, ...step.totals }]));
  return stepsOf(analytics, analytics.step).map((since) => {
    const totals = known.get(since) ?? NOTHING;
    return {
      since,
      label: stepLabel(since, analytics.step),
      totals,
      speed: totals.processing_s > 0 ? totals.source_s / totals.processing_s : null,
    };
  });
}

/** The unit in which an axis up to so many seconds has round numbers: hours, minutes or seconds, in seconds. */
export function unitOf(mostSeconds: number): 3600 | 60 | 1 {
  return mostSeconds >= 7200 ? 3600 : mostSeconds >= 120 ? 60 : 1;
}

/** Whether anything ended in the period. */
export function isEmpty({ totals }: Analytics): boolean {
  return sum(totals, "videos") + sum(totals, "batches") === 0;
}

/** Videos or batches that ended, however they did. */
export function sum(totals: AnalyticsTotals, what: "videos" | "batches"): number {
  return totals[`${what}_completed`] + totals[`${what}_failed`] + totals[`${what}_cancelled`];
}

const SETTINGS: Record<string, string> = {
  transcribe: "Transcribe",
  remove_silence: "Remove silence",
  detect_highlights: "Detect highlights",
  export_format: "Format",
  export_quality: "Quality",
  highlight_sensitivity: "Highlight sensitivity",
};
const VALUES: Record<string, string> = { mp4: "MP4", mov: "MOV", webm: "WebM", source: "source size" };

/** `remove_silence` as `Remove silence`, `export_format=mp4` as `Format: MP4`. */
export function settingName(name: string): string {
  const [setting = "", value] = name.split("=");
  const known = SETTINGS[setting] ?? setting.replaceAll("_", " ");
  return value === undefined ? known : `${known}: ${VALUES[value] ?? value}`;
}
