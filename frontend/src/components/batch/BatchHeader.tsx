import { Pencil } from "lucide-react";
import { type FormEvent, type ReactNode, useState } from "react";
import { BAR } from "@/components/batch/BatchJobRow";
import { BeforeStart } from "@/components/batch/BeforeStart";
import { ActionButtons } from "@/components/batch/batch-actions";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { When } from "@/components/layout/When";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { Progress } from "@/components/ui/progress";
import { useLimits } from "@/hooks/account";
import { useBatchAction } from "@/hooks/batch-actions";
import { useNow } from "@/hooks/now";
import { cn } from "@/lib/cn";
import { formatAbsolute, formatDuration, formatLongDay, formatRelative, formatRemaining } from "@/lib/format";
import { needOfBatch } from "@/lib/minutes";
import { addDays } from "@/lib/periods";
import type { BatchJobDetails } from "@/types/batch";

/** Name, status, progress, numbers and actions of a batch. */
export function BatchHeader({ batch, onDeleted }: { batch: BatchJobDetails; onDeleted: () => void }) {
  const [editing, setEditing] = useState(false);
  const pending = batch.total_videos - batch.completed_videos - batch.failed_videos - batch.cancelled_videos;
  const percent = Math.floor(batch.progress_percentage);
  return (
    <header className="grid gap-5">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 max-w-2xl">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <h1 className="break-words font-semibold text-2xl tracking-tight">{batch.name}</h1>
            <Button
              variant="ghost"
              size="icon-small"
              className="text-muted"
              aria-label="Rename"
              onClick={() => setEditing(true)}
            >
              <Pencil aria-hidden />
            </Button>
            <StatusBadge of="job" status={batch.status} />
          </div>
          {batch.description && (
            <p className="mt-1 whitespace-pre-line break-words text-muted text-sm">{batch.description}</p>
          )}
          <Times batch={batch} />
        </div>
        <div className="flex flex-wrap gap-2">
          <ActionButtons batch={batch} onDeleted={onDeleted} />
        </div>
      </div>
      {batch.error_message && (
        <Alert live={false} title="This batch failed">
          {batch.error_message}
        </Alert>
      )}
      {batch.status === "pending" && batch.videos.length > 0 && <BeforeStart need={needOfBatch(batch.videos)} />}
      <div className="grid gap-2">
        <div className="numbers flex items-baseline justify-between gap-3">
          <span className="font-semibold text-3xl tracking-tight">{percent}%</span>
          <span className="text-muted text-sm">{headline(batch)}</span>
        </div>
        <Progress
          value={batch.progress_percentage}
          label="Progress of the batch"
          tone={BAR[batch.status]}
          size="large"
        />
      </div>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Stat
          label="Videos"
          value={batch.total_videos}
          hint={batch.total_duration_seconds > 0 ? `${formatDuration(batch.total_duration_seconds)} in all` : undefined}
        />
        <Stat label="Completed" value={batch.completed_videos} className="text-good" />
        <Stat label="Failed" value={batch.failed_videos} className={batch.failed_videos > 0 ? "text-bad" : undefined} />
        <Stat
          label="Pending"
          value={pending}
          className="text-muted"
          hint={
            batch.cancelled_videos > 0
              ? `${batch.cancelled_videos} cancelled`
              : batch.running_videos > 0
                ? `${batch.running_videos} being processed`
                : undefined
          }
        />
      </dl>
      {editing && <Editor batch={batch} onClose={() => setEditing(false)} />}
    </header>
  );
}

function headline(batch: BatchJobDetails): string {
  switch (batch.status) {
    case "pending":
      return batch.videos.every((video) => video.uploaded_at) ? "Ready to start" : "Waiting for uploads";
    case "processing":
      return (
        formatRemaining(batch.estimated_time_remaining) ??
        (batch.running_videos ? "Working out the time left" : "Waiting for a free worker")
      );
    case "paused":
      return batch.running_videos > 0 ? "Paused; videos that run are finished first" : "Paused";
    case "completed":
      return "Finished";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
  }
}

function Stat({
  label,
  value,
  hint,
  className,
}: {
  label: string;
  value: number;
  hint?: ReactNode;
  className?: string;
}) {
  return (
    <div className="rounded-xl border border-line bg-surface px-4 py-3 shadow-card">
      <dt className="text-muted text-xs">{label}</dt>
      <dd className={cn("numbers font-semibold text-2xl", className)}>{value}</dd>
      {hint && <dd className="numbers text-muted text-xs">{hint}</dd>}
    </div>
  );
}

function Times({ batch }: { batch: BatchJobDetails }) {
  const now = useNow();
  const { retention_days } = useLimits().limits;
  const end =
    batch.status === "processing" && batch.estimated_completion_at ? new Date(batch.estimated_completion_at) : null;
  return (
    <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      <span>
        Created <When at={batch.created_at} />
      </span>
      {batch.started_at && (
        <span>
          Started <When at={batch.started_at} />
        </span>
      )}
      {batch.completed_at && (
        <span>
          Ended <When at={batch.completed_at} />
        </span>
      )}
      {batch.completed_at && retention_days > 0 && (
        <span title="Then it is deleted with its videos and results; you are told days before.">
          Kept until {formatLongDay(addDays(batch.completed_at, retention_days))}
        </span>
      )}
      {end && <span title={formatAbsolute(end)}>Estimated completion {formatRelative(end, now)}</span>}
    </p>
  );
}

function Editor({ batch, onClose }: { batch: BatchJobDetails; onClose: () => void }) {
  const [name, setName] = useState(batch.name);
  const [description, setDescription] = useState(batch.description ?? "");
  const { mutate, isPending } = useBatchAction(onClose);
  const problem = !name.trim()
    ? "Give the batch a name."
    : name.trim().length > 100
      ? "Use up to 100 characters."
      : null;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!problem) mutate({ kind: "change", batch, change: { name: name.trim(), description: description.trim() } });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Rename batch"
      footer={
        <>
          <Button variant="outline" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" form="rename" busy={isPending}>
            Save
          </Button>
        </>
      }
    >
      <form id="rename" onSubmit={save} className="grid gap-4">
        <Field label="Name" error={problem}>
          {(ids) => <Input {...ids} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label="Description">
          {(ids) => (
            <Textarea
              {...ids}
              value={description}
              maxLength={2000}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
