import { Download, RotateCw, X } from "lucide-react";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { When } from "@/components/layout/When";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { underWay, useCancelExport, useRetryExport } from "@/hooks/exports";
import { useNow } from "@/hooks/now";
import { formatBytes, formatSpan } from "@/lib/format";
import type { BatchExport } from "@/types/batch";

/** How long a download stays, e.g. "Expires in 23 h 10 min". */
export function Expiry({ at }: { at: string | null }) {
  const now = useNow();
  if (!at) return null;
  const left = (Date.parse(at) - now) / 1000;
  return <span className="numbers">{left > 0 ? `Expires in ${formatSpan(left)}` : "Expired"}</span>;
}

/** The exports of a batch, newest first, each with its download for as long as it is there. */
export function ExportHistory({ exports }: { exports: readonly BatchExport[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line" aria-label="Previous exports">
      {exports.map((made) => (
        <li key={made.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3 text-sm">
          <Badge tone="plain">{made.format === "zip" ? "ZIP" : made.format === "merged" ? "Merged" : "Playlist"}</Badge>
          <div className="min-w-0 flex-1">
            <p className="truncate font-medium">{made.file_name ?? "Export"}</p>
            <p className="numbers text-muted text-xs">
              <When at={made.created_at} />
              {made.file_size !== null && ` · ${formatBytes(made.file_size)}`}
              {made.status === "completed" && made.expires_at && (
                <>
                  {" · "}
                  <Expiry at={made.expires_at} />
                </>
              )}
              {made.status === "failed" && made.error_message && (
                <span className="text-bad"> · {made.error_message}</span>
              )}
            </p>
          </div>
          {made.status === "processing" && (
            <Progress className="w-24" value={made.progress} label="Progress of the export" tone="busy" />
          )}
          {made.status === "completed" && made.download_url ? (
            <Button asChild variant="outline" size="small">
              <a href={made.download_url} download>
                <Download aria-hidden />
                Download
              </a>
            </Button>
          ) : (
            <>
              <StatusBadge of="export" status={made.status} />
              <NextStep made={made} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Stop what is under way, or make anew what is not there. */
function NextStep({ made }: { made: BatchExport }) {
  const cancel = useCancelExport();
  const retry = useRetryExport();
  const [step, label, Icon] = underWay(made)
    ? ([cancel, "Cancel", X] as const)
    : ([retry, "Make anew", RotateCw] as const);
  return (
    <Button variant="outline" size="small" onClick={() => step.mutate(made)} busy={step.isPending}>
      <Icon aria-hidden />
      {label}
    </Button>
  );
}
