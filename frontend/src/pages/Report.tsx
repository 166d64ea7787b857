import { FileVideo, Hourglass } from "lucide-react";
import { Link, useParams } from "react-router";
import { BatchHighlightList } from "@/components/batch/BatchHighlightList";
import { ReportRemarks, ReportTable, ReportTotals } from "@/components/batch/MorningReport";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { Page } from "@/components/layout/Page";
import { Empty, Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useBatchJob, useBatchReport } from "@/hooks/batches";
import { formatAbsolute } from "@/lib/format";
import { isOver } from "@/lib/status";
import type { BatchJob } from "@/types/batch";

/** The morning report: what came of a batch, all on one page. */
export function Report() {
  const { id = "" } = useParams();
  const batch = useBatchJob(id);
  if (batch.error && !batch.data)
    return <Failure error={batch.error} onRetry={() => batch.refetch()} retrying={batch.isFetching} />;
  if (!batch.data) return <Waiting />;
  return <Loaded batch={batch.data} />;
}

function Loaded({ batch }: { batch: BatchJob }) {
  const report = useBatchReport(batch);
  const ended = batch.completed_at ? `Ended ${formatAbsolute(batch.completed_at)}` : undefined;
  return (
    <Page
      title={`Report of ${batch.name}`}
      heading={
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <h1 className="break-words font-semibold text-2xl tracking-tight">{batch.name}</h1>
          <StatusBadge of="job" status={batch.status} />
        </div>
      }
      description={ended}
      actions={
        <Button asChild>
          <Link to={`/batches/${batch.id}`}>
            <FileVideo aria-hidden />
            Open the batch
          </Link>
        </Button>
      }
    >
      {!isOver(batch.status) && (
        <Card>
          <Empty icon={Hourglass} title="Not yet">
            The report is here when the batch has ended.
          </Empty>
        </Card>
      )}
      {report.error && !report.data && (
        <Card>
          <Failure error={report.error} onRetry={() => report.refetch()} retrying={report.isFetching} />
        </Card>
      )}
      {report.data && (
        <div className="grid gap-6">
          <ReportTotals report={report.data} />
          <ReportRemarks report={report.data} />
          <ReportTable report={report.data} />
          <BatchHighlightList batch={batch} open />
        </div>
      )}
    </Page>
  );
}

function Waiting() {
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-6 px-4 py-8 sm:px-6 lg:px-8" aria-busy>
      <Skeleton className="h-9 w-72 rounded-lg" />
      <Skeleton className="h-32 rounded-xl" />
      <Skeleton className="h-64 rounded-xl" />
    </div>
  );
}
