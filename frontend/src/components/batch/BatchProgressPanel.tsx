import { ChevronDown, Pause, Play } from "lucide-react";
import { useId, useState } from "react";
import { Link } from "react-router";
import { ActivityLog } from "@/components/batch/ActivityLog";
import { BAR } from "@/components/batch/BatchJobRow";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { Failure } from "@/components/layout/States";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardBody } from "@/components/ui/card";
import { Progress } from "@/components/ui/progress";
import { Separator } from "@/components/ui/separator";
import { Skeleton } from "@/components/ui/skeleton";
import { useBatchAction } from "@/hooks/batch-actions";
import { useBatchJob } from "@/hooks/batches";
import { cn } from "@/lib/cn";
import { formatRemaining } from "@/lib/format";
import { progressOf } from "@/lib/progress";
import { STAGE } from "@/lib/status";
import type { BatchJobDetails, BatchVideo } from "@/types/batch";

interface Props {
  batchJobId: string;
  /** A small card that opens on demand, for the dashboard. */
  compact?: boolean;
  /** Inside of the page of the batch, which shows the whole of it already. */
  embedded?: boolean;
}

const SHOWN = 5;

/** A batch as it is being processed: how far it is, what runs, what comes next, what happened. */
export function BatchProgressPanel({ batchJobId, compact = false, embedded = false }: Props) {
  const { data: batch, error, isFetching, refetch } = useBatchJob(batchJobId);
  const [open, setOpen] = useState(!compact);
  if (error && !batch) {
    return (
      <Card>
        <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
      </Card>
    );
  }
  if (!batch) {
    return (
      <Card data-testid="skeleton" aria-busy>
        <CardBody className="grid gap-3">
          <Skeleton className="h-5 w-48" />
          <Skeleton className="h-2 w-full" />
          <Skeleton className="h-4 w-32" />
        </CardBody>
      </Card>
    );
  }
  return (
    <Card aria-label={`Progress of ${batch.name}`}>
      <CardBody className={cn("grid gap-4", compact && "gap-3")}>
        {!embedded && <Overall batch={batch} compact={compact} open={open} onToggle={() => setOpen(!open)} />}
        {open && !embedded && <Separator />}
        {open && <Details batch={batch} />}
      </CardBody>
    </Card>
  );
}

function Overall(props: { batch: BatchJobDetails; compact: boolean; open: boolean; onToggle: () => void }) {
  const { batch, compact, open, onToggle } = props;
  const progress = progressOf(batch);
  const left = formatRemaining(batch.status === "processing" ? progress.estimated_time_remaining : null);
  return (
    <div className="grid gap-2.5">
      <div className="flex items-center justify-between gap-3">
        <div className="flex min-w-0 items-center gap-2.5">
          {compact ? (
            <Link to={`/batches/${batch.id}`} className="truncate font-medium hover:text-primary hover:underline">
              {batch.name}
            </Link>
          ) : (
            <h2 className="truncate font-semibold">{batch.name}</h2>
          )}
          <StatusBadge of="job" status={batch.status} />
        </div>
        <div className="flex shrink-0 items-center gap-1">
          <PauseButton batch={batch} compact={compact} />
          {compact && (
            <Button
              variant="ghost"
              size="icon-small"
              aria-expanded={open}
              aria-label={`${open ? "Hide" : "Show"} details of ${batch.name}`}
              onClick={onToggle}
            >
              <ChevronDown className={cn("transition-transform", open && "rotate-180")} aria-hidden />
            </Button>
          )}
        </div>
      </div>
      <Progress value={progress.progress_percentage} label={`Progress of ${batch.name}`} tone={BAR[batch.status]} />
      <div className="numbers flex flex-wrap justify-between gap-x-4 text-[0.8125rem] text-muted">
        <span>
          {progress.completed_count} of {batch.total_videos} videos completed
          {progress.failed_count > 0 && <span className="text-bad"> · {progress.failed_count} failed</span>}
        </span>
        <span>
          {Math.floor(progress.progress_percentage)}%{left && ` · ${left}`}
        </span>
      </div>
    </div>
  );
}

function PauseButton({ batch, compact }: { batch: BatchJobDetails; compact: boolean }) {
  const { mutate, isPending } = useBatchAction();
  if (batch.status !== "processing" && batch.status !== "paused") return null;
  const kind = batch.status === "processing" ? "pause" : "resume";
  const Icon = kind === "pause" ? Pause : Play;
  const label = kind === "pause" ? "Pause" : "Resume";
  return (
    <Button
      variant={compact ? "ghost" : "outline"}
      size={compact ? "icon-small" : "small"}
      aria-label={compact ? `${label} ${batch.name}` : undefined}
      aria-disabled={isPending || undefined}
      onClick={() => !isPending && mutate({ kind, batch })}
    >
      <Icon aria-hidden />
      {!compact && label}
    </Button>
  );
}

function Details({ batch }: { batch: BatchJobDetails }) {
  const id = useId();
  const running = batch.videos.filter((video) => video.status === "processing");
  const next = batch.videos.filter((video) => video.status === "pending").slice(0, SHOWN);
  const done = batch.videos
    .filter((video) => video.status === "completed")
    .sort((a, b) => Date.parse(b.completed_at ?? "") - Date.parse(a.completed_at ?? ""))
    .slice(0, SHOWN);
  return (
    <>
      <section className="grid gap-3" aria-labelledby={id}>
        <h2 id={id} className="font-semibold">
          Now
        </h2>
        {running.length === 0 && (
          <p className="text-muted text-sm">
            {batch.status === "paused"
              ? "Nothing runs while the batch is paused."
              : batch.status === "processing"
                ? "The next video starts as soon as a worker is free."
                : "Nothing is being processed."}
          </p>
        )}
        {running.map((video) => (
          <Running key={video.id} video={video} />
        ))}
      </section>
      <Separator />
      <div className="grid gap-6 md:grid-cols-2">
        <ActivityLog batch={batch} />
        <div className="grid content-start gap-5">
          <Queue title="Up next" videos={next} none="Nothing waits any more." />
          <Queue title="Completed last" videos={done} none="Nothing is completed yet." />
        </div>
      </div>
    </>
  );
}

function Running({ video }: { video: BatchVideo }) {
  const stage = video.current_stage ? STAGE[video.current_stage] : null;
  const Icon = stage?.icon;
  return (
    <div className="grid gap-1.5">
      <div className="numbers flex items-center justify-between gap-3 text-sm">
        <span className="truncate font-medium">{video.name}</span>
        <Badge tone="busy">
          {Icon && <Icon aria-hidden />}
          {stage ? stage.label : "Starting"} {Math.floor(video.progress_percentage)}%
        </Badge>
      </div>
      <Progress value={video.progress_percentage} label={`Progress of ${video.name}`} tone="busy" size="thin" />
    </div>
  );
}

function Queue({ title, videos, none }: { title: string; videos: readonly BatchVideo[]; none: string }) {
  return (
    <section>
      <h3 className="mb-1.5 font-medium text-sm">{title}</h3>
      {videos.length === 0 ? (
        <p className="text-muted text-sm">{none}</p>
      ) : (
        <ol className="grid gap-1 text-sm">
          {videos.map((video) => (
            <li key={video.id} className="flex gap-2">
              <span className="numbers w-7 shrink-0 text-muted">#{video.position}</span>
              <span className="truncate">{video.name}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
