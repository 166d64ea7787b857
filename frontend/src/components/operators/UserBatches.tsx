import { Eye, ListVideo, Undo2 } from "lucide-react";
import { useState } from "react";
import { JobProgress } from "@/components/batch/BatchJobRow";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { Loaded } from "@/components/layout/Loaded";
import { Empty } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { Section } from "@/components/settings/Section";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Pagination } from "@/components/ui/pagination";
import { BATCHES_ON_A_PAGE, useBatchJobsOf, useRefundBatch } from "@/hooks/operators";
import { plural } from "@/lib/format";
import type { BatchJob } from "@/types/batch";
import type { User } from "@/types/people";

/** Somebody's batches, once it was asked for: the owner is told who looked. */
export function UserBatches({ user }: { user: User }) {
  const [looking, setLooking] = useState(false);
  return (
    <Section title="Batches" description="That you looked is written down, and the owner can read it.">
      {looking ? (
        <Batches user={user} />
      ) : (
        <Button variant="outline" onClick={() => setLooking(true)}>
          <Eye aria-hidden />
          Show their batches
        </Button>
      )}
    </Section>
  );
}

function Batches({ user }: { user: User }) {
  const [page, setPage] = useState(1);
  const batches = useBatchJobsOf(user.id, page);
  return (
    <Loaded query={batches}>
      {({ batch_jobs, total }) =>
        total === 0 ? (
          <Empty icon={ListVideo} title="No batches" />
        ) : (
          <>
            <ul className="-mx-5 -my-4 divide-y divide-line" aria-label={`Batches of ${user.email}`}>
              {batch_jobs.map((batch) => (
                <Row key={batch.id} batch={batch} user={user} />
              ))}
            </ul>
            <Pagination page={page} size={BATCHES_ON_A_PAGE} total={total} onPage={setPage} />
          </>
        )
      }
    </Loaded>
  );
}

function Row({ batch, user }: { batch: BatchJob; user: User }) {
  const [asked, setAsked] = useState(false);
  const refund = useRefundBatch();
  return (
    <li
      className="grid items-center gap-x-4 gap-y-2 px-5 py-3 md:grid-cols-[minmax(0,1fr)_8rem_minmax(0,14rem)_auto]"
      data-batch={batch.id}
    >
      <div className="min-w-0">
        <p className="break-words font-medium text-sm">{batch.name}</p>
        <p className="text-muted text-xs">
          {plural(batch.total_videos, "video")} · made <When at={batch.created_at} />
        </p>
      </div>
      <div>
        <StatusBadge of="job" status={batch.status} />
      </div>
      <JobProgress job={batch} />
      <Button
        variant="outline"
        size="small"
        className="justify-self-start"
        aria-label={`Refund ${batch.name}`}
        disabled={batch.completed_videos === 0}
        busy={refund.isPending}
        onClick={() => setAsked(true)}
      >
        <Undo2 aria-hidden />
        Refund
      </Button>
      <AlertDialog
        open={asked}
        onOpenChange={setAsked}
        title={`Give the minutes of “${batch.name}” back?`}
        action="Refund"
        cancel="Leave it"
        harmless
        onConfirm={() => refund.mutate(batch)}
      >
        What its {plural(batch.completed_videos, "finished video")} took from the month of {user.email} is given back,
        once. The results stay.
      </AlertDialog>
    </li>
  );
}
