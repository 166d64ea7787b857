import { Download, RefreshCw } from "lucide-react";
import { useState } from "react";
import { ExportForm } from "@/components/batch/ExportForm";
import { Expiry, ExportHistory } from "@/components/batch/ExportHistory";
import { Failure } from "@/components/layout/States";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Progress } from "@/components/ui/progress";
import { Separator } from "@/components/ui/separator";
import { Skeleton } from "@/components/ui/skeleton";
import { useBatchJob } from "@/hooks/batches";
import { underWay as isUnderWay, useCancelExport, useExportBatch, useExports, useRetryExport } from "@/hooks/exports";
import { formatBytes, formatRemaining, plural } from "@/lib/format";
import { explain } from "@/lib/problems";
import { FORMAT } from "@/lib/status";
import type { BatchExport, BatchExportConfig, BatchExportFormat } from "@/types/batch";

interface Props {
  batchJobId: string;
  onClose: () => void;
  defaultFormat?: BatchExportFormat;
}

/** Makes an export of a batch, shows how it gets on, and gives the download. */
export default function BatchExportDialog({ batchJobId, onClose, defaultFormat = "zip" }: Props) {
  const batch = useBatchJob(batchJobId);
  const { data: exports } = useExports(batchJobId);
  const order = useExportBatch(batchJobId);
  const [config, setConfig] = useState<BatchExportConfig>({
    format: defaultFormat,
    include_failed: false,
    original_names: false,
    batch_prefix: false,
    naming: null,
    video_ids: null,
    skip_damaged: false,
  });
  const [following, setFollowing] = useState<string | null>(null);
  const current = exports?.find((made) => made.id === following) ?? null;
  const earlier = exports?.filter((made) => made.id !== following) ?? [];
  const retry = useRetryExport();
  const underWay = current !== null && isUnderWay(current);
  const stuck = current?.status === "failed" || current?.status === "cancelled" || current?.status === "expired";
  const begin = () => order.mutate(config, { onSuccess: ({ export_job_id }) => setFollowing(export_job_id) });
  const refused = order.error ?? retry.error;

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Export"
      description={batch.data?.name}
      footer={
        current === null ? (
          <>
            <Button variant="outline" onClick={onClose}>
              Close
            </Button>
            <Button onClick={begin} busy={order.isPending} disabled={!batch.data}>
              Export {FORMAT[config.format].file}
            </Button>
          </>
        ) : (
          <>
            {!underWay && (
              <Button variant="outline" onClick={() => setFollowing(null)}>
                <RefreshCw aria-hidden />
                New export
              </Button>
            )}
            <Button variant="outline" onClick={onClose}>
              Close
            </Button>
            {stuck && (
              <Button onClick={() => retry.mutate(current)} busy={retry.isPending}>
                Try again
              </Button>
            )}
          </>
        )
      }
    >
      <div className="grid gap-6">
        {batch.error && !batch.data && <Failure error={batch.error} onRetry={() => batch.refetch()} />}
        {refused && <Alert title={explain(refused).title}>{explain(refused).detail}</Alert>}
        {current?.status === "failed" && (
          <Alert title="The export failed">{current.error_message ?? "No reason was given; try again."}</Alert>
        )}
        {current?.status === "cancelled" && (
          <Alert tone="info" title="The export was cancelled">
            Nothing of it is left.
          </Alert>
        )}
        {current?.status === "expired" && (
          <Alert tone="info" title="The export has expired">
            It was kept for 24 hours; make it again.
          </Alert>
        )}
        {underWay && <Building made={current} />}
        {current?.status === "completed" && <Ready made={current} />}
        {!batch.data && !batch.error && (
          <div className="grid gap-3" data-testid="skeleton">
            <Skeleton className="h-14" />
            <Skeleton className="h-14" />
          </div>
        )}
        {batch.data && current === null && <ExportForm batch={batch.data} config={config} onChange={setConfig} />}
        {earlier.length > 0 && (
          <section className="grid gap-3">
            <Separator />
            <h3 className="font-medium text-sm">Previous exports</h3>
            <ExportHistory exports={earlier} />
          </section>
        )}
      </div>
    </Dialog>
  );
}

function Building({ made }: { made: BatchExport }) {
  const cancel = useCancelExport();
  const left = formatRemaining(made.remaining_s);
  return (
    <section className="grid gap-2" aria-live="polite">
      <div className="numbers flex justify-between gap-3 text-sm">
        <span className="font-medium">{made.operation ?? "Waiting to be packed"}</span>
        <span>{made.progress}%</span>
      </div>
      <Progress value={made.progress} label="Progress of the export" tone="busy" size="large" />
      <div className="flex items-center justify-between gap-3">
        <p className="numbers text-muted text-xs">
          {left ?? "This goes on when you close this window; you will be told when it is ready."}
        </p>
        <Button variant="outline" size="small" onClick={() => cancel.mutate(made)} busy={cancel.isPending}>
          Cancel export
        </Button>
      </div>
      {cancel.error && <Alert title={explain(cancel.error).title}>{explain(cancel.error).detail}</Alert>}
    </section>
  );
}

function Ready({ made }: { made: BatchExport }) {
  const left = made.left_out ?? [];
  return (
    <section className="grid justify-items-center gap-2 rounded-xl bg-good-soft px-5 py-6 text-center">
      <p className="break-all font-semibold">{made.file_name ?? "Your export is ready"}</p>
      <p className="numbers text-good text-sm">
        {formatBytes(made.file_size)}
        {made.expires_at && (
          <>
            {" · "}
            <Expiry at={made.expires_at} />
          </>
        )}
      </p>
      {made.download_url && (
        <Button asChild className="mt-2">
          <a href={made.download_url} download>
            <Download aria-hidden />
            Download {FORMAT[made.format].file}
          </a>
        </Button>
      )}
      {left.length > 0 && (
        <Alert tone="busy" className="mt-2 text-left" title={`${plural(left.length, "video")} left out`}>
          {left.map(({ position, name, reason }) => (
            <p key={position}>
              {name}: {reason}
            </p>
          ))}
        </Alert>
      )}
    </section>
  );
}
