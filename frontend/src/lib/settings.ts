/** Settings of a batch: defaults, what is wrong with them, and how they read in short. */
import type { BatchSettings, Quality } from "@/types/batch";

export const DEFAULT_SETTINGS: BatchSettings = {
  transcribe: false,
  language: null,
  model: null,
  vocabulary: [],
  embed_subtitles: false,
  remove_silence: true,
  silence_mode: "loudness",
  auto_threshold: false,
  silence_threshold: -40,
  min_silence_s: 0.5,
  margin_before_s: 0.15,
  margin_after_s: 0.2,
  detect_highlights: false,
  highlight_sensitivity: "medium",
  keywords: [],
  export_format: "mp4",
  export_quality: "1080p",
  resolution: null,
  upscale: false,
  loudness_lufs: null,
};

export const LANGUAGES: readonly [string, string][] = [
  ["en", "English"],
  ["de", "German"],
  ["fr", "French"],
  ["es", "Spanish"],
  ["it", "Italian"],
  ["pt", "Portuguese"],
  ["nl", "Dutch"],
  ["pl", "Polish"],
  ["sv", "Swedish"],
  ["uk", "Ukrainian"],
  ["ru", "Russian"],
  ["tr", "Turkish"],
  ["ar", "Arabic"],
  ["hi", "Hindi"],
  ["ja", "Japanese"],
  ["ko", "Korean"],
  ["zh", "Chinese"],
];

/** Whisper's sizes; an installation may have others of its own. */
export const MODELS: readonly [string, string][] = [
  ["tiny", "Tiny: fastest, for drafts"],
  ["base", "Base: fast"],
  ["small", "Small: good"],
  ["medium", "Medium: better, slow"],
  ["large-v3", "Large: best, slowest"],
  ["turbo", "Turbo: nearly the best, faster"],
];

/** What is usual on the web, in LUFS. */
export const USUAL_LOUDNESS = -16;

/** Exact sizes at or below each quality. */
export const RESOLUTIONS: Record<Quality, readonly string[]> = {
  "720p": ["1280x720", "960x540", "854x480"],
  "1080p": ["1920x1080", "1600x900", "1280x720"],
  "4K": ["3840x2160", "2560x1440", "1920x1080"],
  source: [],
};

export type SettingsProblems = Partial<Record<keyof BatchSettings, string>>;

/** What the server would refuse, by field. */
export function settingsProblems(settings: BatchSettings): SettingsProblems {
  const problems: SettingsProblems = {};
  if (!(settings.silence_threshold >= -60 && settings.silence_threshold <= -20)) {
    problems.silence_threshold = "Choose a loudness between -60 and -20 dB.";
  }
  if (!(settings.min_silence_s >= 0.5 && settings.min_silence_s <= 5)) {
    problems.min_silence_s = "Choose between 0.5 and 5 seconds.";
  }
  for (const field of ["margin_before_s", "margin_after_s"] as const) {
    if (!(settings[field] >= 0 && settings[field] <= 2)) problems[field] = "Choose between 0 and 2 seconds.";
  }
  for (const field of ["keywords", "vocabulary"] as const) {
    const long = settings[field].find((word) => word.length > 60);
    if (long) problems[field] = `“${long.slice(0, 20)}…” is longer than 60 characters.`;
    if (settings[field].length > 100) problems[field] = `Up to 100 words; these are ${settings[field].length}.`;
  }
  if (settings.resolution && !RESOLUTIONS[settings.export_quality].includes(settings.resolution)) {
    problems.resolution = `${settings.resolution} is larger than ${settings.export_quality} allows.`;
  }
  return problems;
}

/** What is allowed, but perhaps not what was meant. */
export function settingsWarnings(settings: BatchSettings): string[] {
  const warnings: string[] = [];
  const byThreshold = settings.remove_silence && settings.silence_mode === "loudness" && !settings.auto_threshold;
  if (byThreshold && settings.silence_threshold > -27) {
    warnings.push("At this threshold, quiet speech counts as silence and is cut.");
  }
  if (byThreshold && settings.silence_threshold < -55) {
    warnings.push("At this threshold hardly anything counts as silence.");
  }
  if (settings.export_format === "webm" && settings.export_quality === "4K") {
    warnings.push("4K as WebM takes several times as long as MP4.");
  }
  if (settings.detect_highlights && !settings.transcribe && settings.keywords.length > 0) {
    warnings.push("Keywords are found in transcripts only: transcribe as well.");
  }
  if (!settings.transcribe && !settings.remove_silence && !settings.detect_highlights) {
    warnings.push("Nothing is cut: videos are only converted to the export settings.");
  }
  return warnings;
}

/** The settings in a few words, e.g. `Transcribe`, `Remove silence`, `1080p MP4`. */
export function summary(settings: BatchSettings): string[] {
  const quality = settings.export_quality === "source" ? "Source size" : settings.export_quality;
  const format = { mp4: "MP4", mov: "MOV", webm: "WebM" }[settings.export_format];
  return [
    settings.transcribe && "Transcribe",
    settings.remove_silence && "Remove silence",
    settings.detect_highlights && "Highlights",
    `${settings.resolution ? settings.resolution.replace("x", " × ") : quality} ${format}`,
  ].filter((word) => word !== false);
}

/** `a, b ,c` as words; empty ones and repetitions are left out. */
export function words(text: string): string[] {
  return [...new Set(text.split(",").map((word) => word.trim()))].filter(Boolean);
}
