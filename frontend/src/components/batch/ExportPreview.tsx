import { Alert } from "@/components/ui/alert";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/cn";
import { formatBytes, formatDuration, plural } from "@/lib/format";
import { explain } from "@/lib/problems";
import type { BatchExportFormat, ExportEstimate } from "@/types/batch";

const SHOWN = 4;

interface Props {
  format: BatchExportFormat;
  estimate: ExportEstimate | undefined;
  error: Error | null;
  /** Whether the options have changed since. */
  stale: boolean;
}

/** What an export will be, as the server says. */
export function ExportPreview({ format, estimate, error, stale }: Props) {
  if (error) return <Alert title={explain(error).title}>{explain(error).detail}</Alert>;
  if (!estimate) return <Skeleton className="h-14" />;
  const { files, left_out } = estimate;
  const facts = [
    ["Videos", String(estimate.videos)],
    ["Estimated size", format === "playlist" ? "a few KB" : `about ${formatBytes(estimate.size_bytes)}`],
    ["Playing time", formatDuration(estimate.duration_s)],
  ];
  return (
    <section className={cn("grid gap-3 transition-opacity", stale && "opacity-60")} aria-busy={stale}>
      <dl
        className="numbers grid grid-cols-2 gap-4 rounded-lg bg-sunken px-4 py-3 text-sm sm:grid-cols-3"
        aria-label="Preview"
      >
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt className="text-muted text-xs">{name}</dt>
            <dd className="font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="break-all text-muted text-xs">
        {format === "zip" ? (
          <>
            <span className="font-medium">{estimate.file_name}</span>: {files.slice(0, SHOWN).join(", ")}
            {files.length > SHOWN && ` and ${files.length - SHOWN} more`}
          </>
        ) : (
          <span className="font-medium">{estimate.file_name}</span>
        )}
      </p>
      {left_out.length > 0 && (
        <p className="text-[0.8125rem] text-muted">
          {plural(left_out.length, "video")} not included: {left_out.map((video) => video.name).join(", ")}
        </p>
      )}
    </section>
  );
}
