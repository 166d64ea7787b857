import { FolderDown } from "lucide-react";
import { Link } from "react-router";
import { ExportHistory } from "@/components/batch/ExportHistory";
import { Page } from "@/components/layout/Page";
import { Empty, Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useAllExports } from "@/hooks/exports";
import type { BatchExport, UserExport } from "@/types/batch";

export function Exports() {
  const { data, error, isPending, isFetching, refetch } = useAllExports();
  return (
    <Page title="Exports" description="Finished batches as downloads. Each stays for 24 hours.">
      {error && !data && (
        <Card>
          <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
        </Card>
      )}
      {isPending && (
        <div className="grid gap-3" aria-busy>
          {[1, 2, 3].map((row) => (
            <Skeleton key={row} className="h-16 rounded-xl" />
          ))}
        </div>
      )}
      {data && data.length === 0 && (
        <Card>
          <Empty
            icon={FolderDown}
            title="No exports yet"
            action={
              <Button asChild variant="outline">
                <Link to="/batches?status=completed">Completed batches</Link>
              </Button>
            }
          >
            Open a completed batch and choose Export: all its videos come in one download.
          </Empty>
        </Card>
      )}
      <div className="grid gap-6">
        {byBatch(data ?? []).map(([id, name, exports]) => (
          <section key={id} className="grid gap-2">
            <h2 className="font-medium text-sm">
              <Link to={`/batches/${id}`} className="break-words hover:text-primary hover:underline">
                {name}
              </Link>
            </h2>
            <div className="rounded-lg bg-surface shadow-card">
              <ExportHistory exports={exports} />
            </div>
          </section>
        ))}
      </div>
    </Page>
  );
}

function byBatch(all: readonly UserExport[]): [string, string, BatchExport[]][] {
  const groups = new Map<string, [string, string, BatchExport[]]>();
  for (const { batch_name, export: made } of all) {
    const group = groups.get(made.batch_job_id) ?? [made.batch_job_id, batch_name, []];
    group[2].push(made);
    groups.set(made.batch_job_id, group);
  }
  return [...groups.values()];
}
