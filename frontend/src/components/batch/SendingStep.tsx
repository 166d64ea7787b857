import { CircleCheck } from "lucide-react";
import type { CreatedBatchJob } from "@/api/batch";
import { BeforeStart } from "@/components/batch/BeforeStart";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { UploadOverall } from "@/components/uploads/UploadOverall";
import { UploadRow } from "@/components/uploads/UploadRow";
import { useBatchAction } from "@/hooks/batch-actions";
import { useBatchJob } from "@/hooks/batches";
import { useRemoveUpload } from "@/hooks/remove-upload";
import { sumsOf, useUploads } from "@/hooks/uploads";
import { plural } from "@/lib/format";
import { needOfBatch } from "@/lib/minutes";
import type { BatchJob } from "@/types/batch";

interface Props {
  created: CreatedBatchJob;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onComplete: (batch: BatchJob) => void;
}

/** The files of a new batch on their way, and at the end the start. */
export function SendingStep({ created, open, onOpenChange, onComplete }: Props) {
  const { all, speed } = useUploads();
  const batch = created.batch_job;
  const uploads = all.filter((upload) => upload.batchId === batch.id);
  const sums = sumsOf(uploads, speed);
  const remove = useRemoveUpload();
  const details = useBatchJob(batch.id).data;
  const now = details ?? batch;
  const change = useBatchAction();
  const start = useBatchAction(() => onComplete(batch));
  const complete = uploads.length > 0 && sums.done === uploads.length;
  const cost = details && details.status === "pending" && <BeforeStart need={needOfBatch(details.videos)} />;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="wide"
      title={complete ? "Batch created" : `Uploading ${batch.name}`}
      description={
        complete
          ? undefined
          : "You can close this window and look around: the upload goes on. Keep the tab open until it is done."
      }
      footer={
        complete && now.start_when_uploaded ? (
          <Button onClick={() => onComplete(batch)}>View the batch</Button>
        ) : complete ? (
          <>
            <Button variant="outline" onClick={() => onComplete(batch)}>
              Start later
            </Button>
            <Button busy={start.isPending} onClick={() => start.mutate({ kind: "start", batch })}>
              Start Processing
            </Button>
          </>
        ) : (
          <Button variant="outline" onClick={() => onOpenChange(false)}>
            Continue in the background
          </Button>
        )
      }
    >
      {complete ? (
        <div className="grid justify-items-center gap-2 py-6 text-center" role="status">
          <CircleCheck className="size-12 text-good-bar" aria-hidden />
          <p className="break-words font-semibold text-lg">{batch.name}</p>
          <p className="text-muted text-sm">
            {plural(uploads.length, "video")} uploaded
            {now.start_when_uploaded ? "; processing starts by itself." : " and ready to be processed."}
          </p>
          {cost}
        </div>
      ) : (
        <div className="grid gap-5">
          <UploadOverall sums={sums} speed={speed} label={`Upload of ${batch.name}`} />
          {sums.failed > 0 && (
            <Alert title={`${plural(sums.failed, "file")} could not be uploaded`}>
              Retry each, or remove it from the batch; then the others can be processed.
            </Alert>
          )}
          {uploads.length === 0 && (
            <p className="py-4 text-center text-muted text-sm">No file is left in this batch.</p>
          )}
          <ul className="divide-y divide-line" aria-label="Files">
            {uploads.map((upload) => (
              <UploadRow key={upload.id} upload={upload} onRemove={remove} />
            ))}
          </ul>
          {cost}
          <CheckField
            label="Start processing as soon as everything is uploaded"
            hint="Also when this page is closed by then."
            checked={now.start_when_uploaded}
            onChange={(start_when_uploaded) =>
              change.mutate({ kind: "change", batch, change: { start_when_uploaded } })
            }
          />
        </div>
      )}
    </Dialog>
  );
}
