import { ArrowRight, Plus, Upload } from "lucide-react";
import { Link } from "react-router";
import { BatchJobCard } from "@/components/batch/BatchJobRow";
import { BatchProgressPanel } from "@/components/batch/BatchProgressPanel";
import { Page } from "@/components/layout/Page";
import { Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { Stat } from "@/components/ui/stat";
import { useLimits } from "@/hooks/account";
import { useBatchJobs } from "@/hooks/batches";
import { useAnalytics, useUsage } from "@/hooks/insight";
import { useNewBatch } from "@/hooks/new-batch";
import { useVideos } from "@/hooks/videos";
import { formatMinutes, formatSpan, plural } from "@/lib/format";
import { dayOf, monthPeriod } from "@/lib/periods";
import { isActive } from "@/lib/status";
import type { BatchJobPage } from "@/types/batch";

const SHOWN = 6;

export function Dashboard() {
  const recent = useBatchJobs({ limit: 20, sort: "-created_at" });
  const newBatch = useNewBatch();
  const jobs = recent.data?.batch_jobs ?? [];
  const active = jobs.filter((job) => isActive(job.status)).slice(0, SHOWN);
  const others = jobs.filter((job) => !isActive(job.status)).slice(0, SHOWN);
  return (
    <Page
      title="Dashboard"
      actions={
        <Button variant="outline" onClick={() => newBatch()}>
          <Upload aria-hidden />
          Upload multiple videos
        </Button>
      }
    >
      {recent.error && !recent.data ? (
        <Card>
          <Failure error={recent.error} onRetry={() => recent.refetch()} retrying={recent.isFetching} />
        </Card>
      ) : (
        <div className="grid gap-8">
          <Stats page={recent.data} />
          {recent.data && jobs.length === 0 && <Welcome onNew={() => newBatch()} />}
          {recent.isPending && <Skeleton className="h-32 rounded-xl" />}
          {active.length > 0 && (
            <section aria-labelledby="active" className="grid gap-3">
              <Heading id="active" title="Being processed" to="/batches?status=processing" />
              <div className="grid items-start gap-4 lg:grid-cols-2">
                {active.map((job) => (
                  <BatchProgressPanel key={job.id} batchJobId={job.id} compact />
                ))}
              </div>
            </section>
          )}
          {others.length > 0 && (
            <section aria-labelledby="recent" className="grid gap-3">
              <Heading id="recent" title="Batch jobs" to="/batches" />
              <ul className="grid gap-4 md:grid-cols-2 lg:grid-cols-3">
                {others.map((job) => (
                  <BatchJobCard key={job.id} job={job} />
                ))}
              </ul>
            </section>
          )}
        </div>
      )}
    </Page>
  );
}

function Heading({ id, title, to }: { id: string; title: string; to: string }) {
  return (
    <div className="flex items-center justify-between gap-3">
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      <Link to={to} className="flex items-center gap-1 text-primary text-sm underline-offset-4 hover:underline">
        All batches
        <ArrowRight className="size-3.5" aria-hidden />
      </Link>
    </div>
  );
}

function Stats({ page }: { page?: BatchJobPage }) {
  const videos = useVideos({ limit: 1 }).data;
  const usage = useUsage().data;
  const today = dayOf(Date.now());
  const month = today.slice(0, 7);
  const saved = useAnalytics(monthPeriod(month)).data?.totals.saved_s;
  const active = page && (page.by_status.processing ?? 0) + (page.by_status.paused ?? 0);
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      <Stat
        label="Active batches"
        value={active?.toLocaleString("en")}
        hint={page && `${(page.by_status.pending ?? 0).toLocaleString("en")} not started`}
        to="/batches?status=processing"
      />
      <Stat
        label="Minutes left"
        value={usage && formatMinutes(usage.minutes_left)}
        hint={usage && `of ${usage.minutes_limit.toLocaleString("en")} this month`}
        to="/usage"
      />
      <Stat
        label="Time saved"
        value={saved === undefined ? undefined : saved < 1 ? "0 s" : formatSpan(saved)}
        hint="this month"
        to={`/analytics?period=${month}`}
      />
      <Stat
        label="Videos in the library"
        value={videos?.total.toLocaleString("en")}
        hint={page && `${plural(page.by_status.completed ?? 0, "batch", "batches")} completed`}
        to="/videos"
      />
    </dl>
  );
}

function Welcome({ onNew }: { onNew: () => void }) {
  const { limits, tier } = useLimits();
  const steps: [string, string][] = [
    ["Drop", "Drag videos or whole folders anywhere onto this page."],
    ["Set", "Choose once what is done to all of them."],
    ["Collect", "Come back to finished videos, and take them in one download."],
  ];
  return (
    <Card className="grid gap-6 px-6 py-8 sm:px-10 sm:py-10">
      <div>
        <h2 className="font-semibold text-xl">A season in, overnight</h2>
        <p className="mt-1 text-muted text-sm">
          Your {tier} plan takes {limits.videos_per_batch} videos in a batch.
        </p>
      </div>
      <ol className="grid gap-5 sm:grid-cols-3">
        {steps.map(([title, text], place) => (
          <li key={title} className="grid content-start gap-1">
            <span className="numbers mb-1 grid size-7 place-items-center rounded-full bg-primary-soft font-semibold text-primary text-sm">
              {place + 1}
            </span>
            <h3 className="font-medium">{title}</h3>
            <p className="text-muted text-sm">{text}</p>
          </li>
        ))}
      </ol>
      <Button className="w-fit" size="large" onClick={onNew}>
        <Plus aria-hidden />
        Create your first batch
      </Button>
    </Card>
  );
}
