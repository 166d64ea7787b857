import { ArrowLeft } from "lucide-react";
import { Link, useNavigate } from "react-router";
import { BatchHeader } from "@/components/batch/BatchHeader";
import { BatchHighlightList } from "@/components/batch/BatchHighlightList";
import { BatchProgressPanel } from "@/components/batch/BatchProgressPanel";
import { BatchVideos } from "@/components/batch/BatchVideos";
import { ExportSection } from "@/components/batch/ExportSection";
import { ReportSection } from "@/components/batch/ReportSection";
import { SettingsShown } from "@/components/batch/SettingsShown";
import { Failure } from "@/components/layout/States";
import { Card, CardBody } from "@/components/ui/card";
import { Collapsible } from "@/components/ui/collapsible";
import { Skeleton } from "@/components/ui/skeleton";
import { useBatchJob } from "@/hooks/batches";
import { useTitle, useTitleProgress } from "@/hooks/title";
import { summary } from "@/lib/settings";
import { isActive, isOver } from "@/lib/status";

/** One batch: how it stands, its settings, its videos and its exports. */
export function BatchJobDetails({ batchJobId }: { batchJobId: string }) {
  const { data: batch, error, isFetching, refetch } = useBatchJob(batchJobId);
  const navigate = useNavigate();
  useTitle(batch?.name ?? "Batch");
  useTitleProgress(batch?.status === "processing" ? `${Math.floor(batch.progress_percentage)}%` : null);
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-5 px-4 py-6 sm:px-6 lg:px-8 lg:py-8">
      <Link to="/batches" className="flex w-fit items-center gap-1.5 text-muted text-sm hover:text-foreground">
        <ArrowLeft className="size-4" aria-hidden />
        All batches
      </Link>
      {error && !batch && (
        <Card>
          <h1 className="sr-only">Batch</h1>
          <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
        </Card>
      )}
      {!batch && !error && <Loading />}
      {batch && (
        <>
          <BatchHeader batch={batch} onDeleted={() => navigate("/batches", { replace: true })} />
          <Card>
            <CardBody className="py-3">
              <Collapsible title="Settings" aside={summary(batch.settings).join(", ")}>
                <SettingsShown settings={batch.settings} />
              </Collapsible>
            </CardBody>
          </Card>
          {isActive(batch.status) && <BatchProgressPanel batchJobId={batch.id} embedded />}
          {isOver(batch.status) && batch.completed_videos > 0 && <ExportSection batch={batch} />}
          {isOver(batch.status) && <ReportSection batch={batch} />}
          <BatchHighlightList batch={batch} />
          <BatchVideos batch={batch} />
        </>
      )}
    </div>
  );
}

function Loading() {
  return (
    <div className="grid gap-5" aria-busy data-testid="skeleton">
      <span className="sr-only">Loading the batch</span>
      <Skeleton className="h-8 w-64" />
      <Skeleton className="h-3 w-full" />
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {[1, 2, 3, 4].map((card) => (
          <Skeleton key={card} className="h-20" />
        ))}
      </div>
      {[1, 2, 3].map((row) => (
        <Skeleton key={row} className="h-16" />
      ))}
    </div>
  );
}
