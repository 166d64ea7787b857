import type { ReactNode } from "react";
import { LANGUAGES } from "@/lib/settings";
import type { BatchSettings } from "@/types/batch";

/** All settings, to be read. */
export function SettingsShown({ settings }: { settings: BatchSettings }) {
  const language = LANGUAGES.find(([code]) => code === settings.language)?.[1] ?? settings.language ?? "Detected";
  const on = (value: boolean) => (value ? "On" : "Off");
  const groups: [string, [string, ReactNode][]][] = [
    [
      "Processing",
      [
        ["Transcribe", on(settings.transcribe)],
        ...(settings.transcribe
          ? ([
              ["Language", language],
              ["Speech model", settings.model ?? "The installation's"],
              ["Names and terms", settings.vocabulary.join(", ") || "None"],
              ["Subtitles inside", on(settings.embed_subtitles)],
            ] as [string, ReactNode][])
          : []),
        ["Remove silence", on(settings.remove_silence)],
        ...(settings.remove_silence
          ? ([
              ["What is cut", settings.silence_mode === "speech" ? "Whatever is not speech" : "What is quiet"],
              ...(settings.silence_mode === "loudness"
                ? [["Threshold", settings.auto_threshold ? "Of its own" : `${settings.silence_threshold} dB`]]
                : []),
              ["Shortest silence", `${settings.min_silence_s} s`],
              ["Kept around sound", `${settings.margin_before_s} s before, ${settings.margin_after_s} s after`],
            ] as [string, ReactNode][])
          : []),
        ["Detect highlights", on(settings.detect_highlights)],
        ...(settings.detect_highlights
          ? ([
              ["Sensitivity", settings.highlight_sensitivity],
              ["Keywords", settings.keywords.join(", ") || "None"],
            ] as [string, ReactNode][])
          : []),
      ],
    ],
    [
      "Export",
      [
        ["Format", { mp4: "MP4", mov: "MOV", webm: "WebM" }[settings.export_format]],
        ["Quality", settings.export_quality === "source" ? "As the source" : settings.export_quality],
        ["Resolution", settings.resolution?.replace("x", " × ") ?? "Aspect kept"],
        ["Enlarge small videos", on(settings.upscale)],
        ["Loudness", typeof settings.loudness_lufs === "number" ? `${settings.loudness_lufs} LUFS` : "As the source"],
      ],
    ],
  ];
  return (
    <div className="grid gap-6 pb-2 sm:grid-cols-2">
      {groups.map(([title, rows]) => (
        <section key={title}>
          <h3 className="mb-2 font-medium text-muted text-xs">{title}</h3>
          <dl className="grid gap-1.5 text-sm">
            {rows.map(([name, value]) => (
              <div key={name} className="flex justify-between gap-4">
                <dt className="text-muted">{name}</dt>
                <dd className="numbers text-right">{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
