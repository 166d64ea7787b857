import { CheckField } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { RESOLUTIONS, type SettingsProblems, USUAL_LOUDNESS } from "@/lib/settings";
import type { BatchSettings, OutputFormat, Quality } from "@/types/batch";

const FORMATS: { value: OutputFormat; label: string }[] = [
  { value: "mp4", label: "MP4" },
  { value: "mov", label: "MOV" },
  { value: "webm", label: "WebM" },
];
const QUALITIES: { value: Quality; label: string }[] = [
  { value: "720p", label: "720p" },
  { value: "1080p", label: "1080p" },
  { value: "4K", label: "4K" },
  { value: "source", label: "As the source" },
];
const KEPT = "kept";

interface Props {
  settings: BatchSettings;
  problems: SettingsProblems;
  onChange: (change: Partial<BatchSettings>) => void;
}

/** How the finished videos are stored. */
export function ExportFields({ settings, problems, onChange }: Props) {
  const sizes = RESOLUTIONS[settings.export_quality];
  return (
    <fieldset className="grid gap-4">
      <legend className="mb-3 font-medium text-sm">Export</legend>
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Format">
          {(ids) => (
            <Select
              {...ids}
              value={settings.export_format}
              options={FORMATS}
              onChange={(export_format) => onChange({ export_format })}
            />
          )}
        </Field>
        <Field label="Quality">
          {(ids) => (
            <Select
              {...ids}
              value={settings.export_quality}
              options={QUALITIES}
              onChange={(export_quality) =>
                onChange({
                  export_quality,
                  resolution: RESOLUTIONS[export_quality].includes(settings.resolution ?? "")
                    ? settings.resolution
                    : null,
                })
              }
            />
          )}
        </Field>
        <Field label="Resolution" error={problems.resolution}>
          {(ids) => (
            <Select
              {...ids}
              value={settings.resolution ?? KEPT}
              disabled={sizes.length === 0}
              options={[
                { value: KEPT, label: "Keep the aspect" },
                ...sizes.map((size) => ({ value: size, label: size.replace("x", " × ") })),
              ]}
              onChange={(size) => onChange({ resolution: size === KEPT ? null : size })}
            />
          )}
        </Field>
      </div>
      <CheckField
        label="Enlarge smaller videos"
        hint="Otherwise a video is never made larger than its source."
        checked={settings.upscale}
        onChange={(upscale) => onChange({ upscale })}
      />
      <CheckField
        label="Make all videos equally loud"
        hint={`Brings the sound to ${settings.loudness_lufs ?? USUAL_LOUDNESS} LUFS, without distorting its peaks.`}
        checked={typeof settings.loudness_lufs === "number"}
        onChange={(even) => onChange({ loudness_lufs: even ? USUAL_LOUDNESS : null })}
      />
    </fieldset>
  );
}
