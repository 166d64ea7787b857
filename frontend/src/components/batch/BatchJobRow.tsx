import { Eye } from "lucide-react";
import { type MouseEvent, memo } from "react";
import { Link, useNavigate } from "react-router";
import { ActionsMenu } from "@/components/batch/batch-actions";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { When } from "@/components/layout/When";
import { MenuItem } from "@/components/ui/dropdown-menu";
import { Progress, type Tone } from "@/components/ui/progress";
import { TableCell, TableRow } from "@/components/ui/table";
import { formatRemaining, plural } from "@/lib/format";
import { summary } from "@/lib/settings";
import type { BatchJob, BatchJobStatus } from "@/types/batch";

export interface BatchJobShown {
  onJobClick?: (job: BatchJob) => void;
}

export const BAR: Record<BatchJobStatus, Tone> = {
  pending: "idle",
  processing: "busy",
  paused: "info",
  completed: "good",
  failed: "bad",
  cancelled: "idle",
};

/** "15/20 videos (75%)" with its bar. */
export function JobProgress({ job }: { job: BatchJob }) {
  const percent = Math.floor(job.progress_percentage);
  const left = job.status === "processing" ? formatRemaining(job.estimated_time_remaining) : null;
  return (
    <div className="grid gap-1.5">
      <div className="numbers flex justify-between gap-3 text-[0.8125rem]">
        <span>
          {job.completed_videos}/{plural(job.total_videos, "video")} ({percent}%)
        </span>
        {job.failed_videos > 0 && <span className="font-medium text-bad">{job.failed_videos} failed</span>}
      </div>
      <Progress value={job.progress_percentage} label={`Progress of ${job.name}`} tone={BAR[job.status]} />
      {left && <span className="numbers text-muted text-xs">{left}</span>}
    </div>
  );
}

function Name({ job, onJobClick }: { job: BatchJob } & BatchJobShown) {
  const open = (event: MouseEvent) => {
    if (!onJobClick) return;
    event.preventDefault();
    onJobClick(job);
  };
  return (
    <Link
      to={`/batches/${job.id}`}
      data-row
      onClick={open}
      className="break-words font-medium hover:text-primary hover:underline"
    >
      {job.name}
    </Link>
  );
}

function View({ job, onJobClick }: { job: BatchJob } & BatchJobShown) {
  const navigate = useNavigate();
  return (
    <MenuItem onSelect={() => (onJobClick ? onJobClick(job) : navigate(`/batches/${job.id}`))}>
      <Eye aria-hidden />
      View details
    </MenuItem>
  );
}

/** A batch as a row of the table. */
export const BatchJobRow = memo(function BatchJobRow({ job, ...shown }: { job: BatchJob } & BatchJobShown) {
  return (
    <TableRow className="[contain-intrinsic-size:auto_5rem] [content-visibility:auto] hover:bg-sunken/50">
      <TableCell className="max-w-80">
        <Name job={job} {...shown} />
        {job.description && <p className="truncate text-[0.8125rem] text-muted">{job.description}</p>}
        <p className="truncate text-muted text-xs">{summary(job.settings).join(", ")}</p>
      </TableCell>
      <TableCell>
        <StatusBadge of="job" status={job.status} />
      </TableCell>
      <TableCell>
        <JobProgress job={job} />
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted">
        <When at={job.created_at} />
      </TableCell>
      <TableCell className="w-12 pl-0 text-right">
        <ActionsMenu batch={job} before={<View job={job} {...shown} />} />
      </TableCell>
    </TableRow>
  );
});

/** A batch as a card, for phones. */
export const BatchJobCard = memo(function BatchJobCard({ job, ...shown }: { job: BatchJob } & BatchJobShown) {
  return (
    <li className="grid gap-3 rounded-xl border border-line bg-surface p-4 shadow-card">
      <div className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <Name job={job} {...shown} />
          <p className="mt-0.5 text-muted text-xs">
            {summary(job.settings).join(", ")} · <When at={job.created_at} />
          </p>
        </div>
        <ActionsMenu batch={job} before={<View job={job} {...shown} />} />
      </div>
      <JobProgress job={job} />
      <div>
        <StatusBadge of="job" status={job.status} />
      </div>
    </li>
  );
});
