import { CheckField } from "@/components/ui/checkbox";
import { Field, Input } from "@/components/ui/field";
import { RadioGroup } from "@/components/ui/radio-group";
import { CAPABILITIES } from "@/lib/capabilities";
import { formatBytes, formatDuration, plural } from "@/lib/format";
import type { BatchExportConfig, BatchExportFormat, BatchJobDetails } from "@/types/batch";

interface Props {
  batch: BatchJobDetails;
  config: BatchExportConfig;
  onChange: (config: BatchExportConfig) => void;
}

const HINTS: Record<BatchExportFormat, string> = {
  zip: "Every video as its own file, numbered in the order of the batch.",
  merged: "All videos one after the other, as one file.",
  playlist: "A list of links that a player can open.",
};

/** How an export is put together, and what it will be. */
export function ExportForm({ batch, config, onChange }: Props) {
  const set = (change: Partial<BatchExportConfig>) => onChange({ ...config, ...change });
  const soon = (format: "merged" | "playlist") => !CAPABILITIES[format].available;
  const failed = batch.videos.filter((video) => video.status === "failed" && video.uploaded_at !== null);
  const included = batch.videos.filter((video) => video.status === "completed");
  const all = config.include_failed ? [...included, ...failed] : included;
  const bytes = all.reduce((sum, video) => sum + (video.output?.size_bytes ?? video.size_bytes), 0);
  const seconds = all.reduce((sum, video) => sum + (video.processing_result?.output_s ?? video.duration_s ?? 0), 0);
  return (
    <div className="grid gap-6">
      <section className="grid gap-2">
        <h3 className="font-medium text-sm">Format</h3>
        <RadioGroup
          label="Format"
          layout="cards"
          value={config.format}
          onChange={(format) => set({ format })}
          choices={[
            { value: "zip", label: "Individual files (ZIP)", hint: HINTS.zip },
            {
              value: "merged",
              label: "Merged video (single file)",
              hint: soon("merged") ? CAPABILITIES.merged.hint : HINTS.merged,
              disabled: soon("merged"),
            },
            {
              value: "playlist",
              label: "Playlist (M3U8)",
              hint: soon("playlist") ? CAPABILITIES.playlist.hint : HINTS.playlist,
              disabled: soon("playlist"),
            },
          ]}
        />
      </section>
      <section className="grid gap-3">
        <h3 className="font-medium text-sm">Options</h3>
        <CheckField
          label="Include failed videos"
          hint={
            failed.length > 0
              ? `The originals of ${plural(failed.length, "failed video")} are put in as well.`
              : "No video of this batch failed."
          }
          checked={config.include_failed ?? false}
          disabled={failed.length === 0}
          onChange={(include_failed) => set({ include_failed })}
        />
        <CheckField
          label="Use original filenames"
          hint={`“${example(batch, { ...config, original_names: true })}” instead of “${example(batch, { ...config, original_names: false })}”`}
          checked={config.original_names ?? false}
          onChange={(original_names) => set({ original_names })}
        />
        <CheckField
          label="Add batch name prefix"
          checked={config.batch_prefix ?? false}
          onChange={(batch_prefix) => set({ batch_prefix })}
        />
        {config.format === "zip" && batch.settings.transcribe && (
          <CheckField
            label="Transcripts and subtitles"
            hint="As srt, vtt, txt and json beside each video."
            checked={config.transcripts ?? true}
            onChange={(transcripts) => set({ transcripts })}
          />
        )}
        {config.format === "zip" && batch.settings.detect_highlights && (
          <CheckField
            label="Highlights"
            hint="As a list with times and reasons beside each video."
            checked={config.highlights ?? true}
            onChange={(highlights) => set({ highlights })}
          />
        )}
        {config.format === "zip" && (
          <Field
            label="Custom naming pattern"
            hint={CAPABILITIES.naming_pattern.available ? undefined : CAPABILITIES.naming_pattern.hint}
          >
            {(ids) => (
              <Input {...ids} disabled={!CAPABILITIES.naming_pattern.available} placeholder="{position}_{name}" />
            )}
          </Field>
        )}
      </section>
      <dl
        className="numbers grid grid-cols-2 gap-4 rounded-lg bg-sunken px-4 py-3 text-sm sm:grid-cols-3"
        aria-label="Preview"
      >
        <div>
          <dt className="text-muted text-xs">Videos</dt>
          <dd className="font-medium">{all.length}</dd>
        </div>
        <div>
          <dt className="text-muted text-xs">Estimated size</dt>
          <dd className="font-medium">about {formatBytes(bytes)}</dd>
        </div>
        <div>
          <dt className="text-muted text-xs">Playing time</dt>
          <dd className="font-medium">{formatDuration(seconds)}</dd>
        </div>
      </dl>
    </div>
  );
}

/** The name that the first file will have. */
function example(batch: BatchJobDetails, config: BatchExportConfig): string {
  const first = batch.videos.find((video) => video.status === "completed") ?? batch.videos[0];
  const stem = (first?.name ?? "video.mp4").replace(/\.[^.]+$/, "");
  const file = `${stem.length > 24 ? `${stem.slice(0, 24)}…` : stem}.${batch.settings.export_format}`;
  const number = config.original_names ? "" : `${String(first?.position ?? 1).padStart(3, "0")}_`;
  return number + file;
}
