import { ExportOptions } from "@/components/batch/ExportOptions";
import { ExportPreview } from "@/components/batch/ExportPreview";
import { RadioGroup } from "@/components/ui/radio-group";
import { useExportEstimate } from "@/hooks/exports";
import { useSettled } from "@/hooks/settled";
import { ApiError } from "@/lib/problems";
import type { BatchExportConfig, BatchJobDetails } from "@/types/batch";

interface Props {
  batch: BatchJobDetails;
  config: BatchExportConfig;
  onChange: (config: BatchExportConfig) => void;
}

/** How an export is put together, and what it will be. */
export function ExportForm({ batch, config, onChange }: Props) {
  const settled = useSettled(config);
  const estimate = useExportEstimate(batch.id, settled);
  const wrongName =
    config.naming && estimate.error instanceof ApiError && estimate.error.code === "invalid"
      ? estimate.error.message
      : null;
  return (
    <div className="grid gap-6">
      <section className="grid gap-2">
        <h3 className="font-medium text-sm">Format</h3>
        <RadioGroup
          label="Format"
          layout="cards"
          value={config.format}
          onChange={(format) => onChange({ ...config, format })}
          choices={[
            {
              value: "zip",
              label: "Individual files (ZIP)",
              hint: "Every video as its own file, with a list of what is in it.",
            },
            {
              value: "merged",
              label: "Merged video (single file)",
              hint: "All videos one after the other, a chapter for each. They are only encoded again if they differ.",
            },
            {
              value: "playlist",
              label: "Playlist (M3U8)",
              hint: "Links for a player such as VLC or mpv, good for 24 hours.",
            },
          ]}
        />
      </section>
      <ExportOptions batch={batch} config={config} onChange={onChange} namingProblem={wrongName} />
      <ExportPreview
        format={settled.format}
        estimate={estimate.error ? undefined : estimate.data}
        error={wrongName ? null : estimate.error}
        stale={settled !== config || estimate.isPlaceholderData}
      />
    </div>
  );
}
