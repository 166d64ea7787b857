import { CheckField } from "@/components/ui/checkbox";
import { Collapsible } from "@/components/ui/collapsible";
import { Field, Input } from "@/components/ui/field";
import { plural } from "@/lib/format";
import type { BatchExportConfig, BatchJobDetails } from "@/types/batch";

interface Props {
  batch: BatchJobDetails;
  config: BatchExportConfig;
  onChange: (config: BatchExportConfig) => void;
  namingProblem: string | null;
}

/** Which videos go into an export, and how their files are called. */
export function ExportOptions({ batch, config, onChange, namingProblem }: Props) {
  const set = (change: Partial<BatchExportConfig>) => onChange({ ...config, ...change });
  const failed = batch.videos.filter((video) => video.status === "failed" && video.uploaded_at !== null);
  const zip = config.format === "zip";
  const patterned = Boolean(config.naming);
  return (
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
        label="Leave out damaged files"
        hint="What is missing or damaged in the store is named, and the rest is exported."
        checked={config.skip_damaged ?? false}
        onChange={(skip_damaged) => set({ skip_damaged })}
      />
      {zip && (
        <>
          <CheckField
            label="Use original filenames"
            hint="Without a number in front."
            checked={config.original_names ?? false}
            disabled={patterned}
            onChange={(original_names) => set({ original_names })}
          />
          <CheckField
            label="Add batch name prefix"
            checked={config.batch_prefix ?? false}
            disabled={patterned}
            onChange={(batch_prefix) => set({ batch_prefix })}
          />
          {batch.settings.transcribe && (
            <CheckField
              label="Transcripts and subtitles"
              hint="As srt, vtt, txt and json beside each video."
              checked={config.transcripts ?? true}
              onChange={(transcripts) => set({ transcripts })}
            />
          )}
          {batch.settings.detect_highlights && (
            <CheckField
              label="Highlights"
              hint="As a list with times and reasons beside each video."
              checked={config.highlights ?? true}
              onChange={(highlights) => set({ highlights })}
            />
          )}
          <Field
            label="Custom naming pattern"
            error={namingProblem}
            hint="With {name}, {position}, {position:03} and {batch}; equal names are numbered."
          >
            {(ids) => (
              <Input
                {...ids}
                maxLength={100}
                spellCheck={false}
                placeholder="{position:03}_{name}"
                value={config.naming ?? ""}
                onChange={({ target }) => set({ naming: target.value || null })}
              />
            )}
          </Field>
        </>
      )}
      <ChosenVideos batch={batch} config={config} onChange={set} />
    </section>
  );
}

function ChosenVideos({
  batch,
  config,
  onChange,
}: {
  batch: BatchJobDetails;
  config: BatchExportConfig;
  onChange: (change: Partial<BatchExportConfig>) => void;
}) {
  const there = batch.videos.filter(
    ({ status }) => status === "completed" || (status === "failed" && config.include_failed),
  );
  const chosen = new Set(config.video_ids ?? there.map((video) => video.video_id));
  const choose = (id: string, wanted: boolean) => {
    const ids = there.map((video) => video.video_id).filter((one) => (one === id ? wanted : chosen.has(one)));
    // Nothing at all cannot be exported: the last one stays.
    if (ids.length > 0) onChange({ video_ids: ids.length === there.length ? null : ids });
  };
  if (there.length < 2) return null;
  return (
    <Collapsible title="Videos" aside={config.video_ids ? `${chosen.size} of ${there.length} chosen` : "all"}>
      <div className="grid max-h-56 gap-2 overflow-y-auto pl-1">
        {there.map((video) => (
          <CheckField
            key={video.video_id}
            label={`${video.position}. ${video.name}`}
            checked={chosen.has(video.video_id)}
            onChange={(wanted) => choose(video.video_id, wanted)}
          />
        ))}
      </div>
    </Collapsible>
  );
}
