import { type DragEvent, useRef, useState } from "react";
import type { CreatedBatchJob } from "@/api/batch";
import { BatchSettingsForm } from "@/components/batch/BatchSettingsForm";
import { BeforeStart } from "@/components/batch/BeforeStart";
import { ChosenFiles } from "@/components/batch/ChosenFiles";
import { FileDrop } from "@/components/batch/FileDrop";
import { SendingStep } from "@/components/batch/SendingStep";
import { Alert } from "@/components/ui/alert";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { Separator } from "@/components/ui/separator";
import { Skeleton } from "@/components/ui/skeleton";
import { useLimits } from "@/hooks/account";
import { useCreateBatch } from "@/hooks/create-batch";
import { useDurations } from "@/hooks/durations";
import { useTemplates } from "@/hooks/templates";
import { checkFiles, filesOf, identity, type Rejection, suggestedName } from "@/lib/files";
import { plural } from "@/lib/format";
import { needOf } from "@/lib/minutes";
import { explain, fieldProblem } from "@/lib/problems";
import { DEFAULT_SETTINGS, settingsProblems } from "@/lib/settings";
import type { BatchJob, BatchSettings } from "@/types/batch";

interface Props {
  /** Hears of the batch once it was started, or left to be started later. */
  onComplete: (batch: BatchJob) => void;
  defaultSettings?: BatchSettings;
  initialFiles?: readonly File[];
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** Choose files and settings, upload everything, start. */
export default function BatchUploadModal({
  onComplete,
  defaultSettings,
  initialFiles = [],
  open = true,
  onOpenChange,
}: Props) {
  const [created, setCreated] = useState<CreatedBatchJob | null>(null);
  const [dirty, setDirty] = useState(false);
  const [asking, setAsking] = useState(false);
  const close = (next: boolean) => {
    // What was chosen would be lost; uploads that have begun go on by themselves.
    if (!next && dirty && !created) setAsking(true);
    else onOpenChange?.(next);
  };
  if (created) return <SendingStep created={created} open={open} onOpenChange={close} onComplete={onComplete} />;
  return (
    <>
      <ChooseStep
        open={open}
        onOpenChange={close}
        initialFiles={initialFiles}
        defaultSettings={defaultSettings}
        onDirty={setDirty}
        onCreated={setCreated}
      />
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title="Discard this batch?"
        action="Discard"
        cancel="Keep editing"
        onConfirm={() => onOpenChange?.(false)}
      >
        Nothing was uploaded yet. The files stay on your computer.
      </AlertDialog>
    </>
  );
}

interface ChooseProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  initialFiles: readonly File[];
  defaultSettings?: BatchSettings;
  onDirty: (dirty: boolean) => void;
  onCreated: (created: CreatedBatchJob) => void;
}

function ChooseStep({ open, onOpenChange, initialFiles, defaultSettings, onDirty, onCreated }: ChooseProps) {
  const { limits, tier } = useLimits();
  const templates = useTemplates();
  const initial = defaultSettings ?? templates.data?.find((one) => one.is_default)?.settings ?? DEFAULT_SETTINGS;
  const [first] = useState(() => checkFiles(initialFiles, [], limits.videos_per_batch));
  const [files, setFiles] = useState<File[]>(first.accepted);
  const [rejected, setRejected] = useState<Rejection[]>(first.rejected);
  const [name, setName] = useState<string | null>(null);
  const [description, setDescription] = useState("");
  const [settings, setSettings] = useState<BatchSettings | null>(null);
  const [tried, setTried] = useState(false);
  const create = useCreateBatch();
  const lengths = useDurations(files);
  const nameField = useRef<HTMLInputElement>(null);

  const shownName = name ?? (files.length > 0 ? suggestedName(files, new Date()) : "");
  const chosen = settings ?? initial;
  const nameProblem = !shownName.trim()
    ? "Give the batch a name."
    : shownName.trim().length > 100
      ? "Use up to 100 characters."
      : null;
  const wrong = Object.values(settingsProblems(chosen))[0];

  const add = (more: readonly File[]) => {
    const checked = checkFiles(more, files, limits.videos_per_batch);
    setFiles([...files, ...checked.accepted]);
    setRejected(checked.rejected);
    onDirty(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void filesOf(event.dataTransfer).then(add);
  };
  const upload = () => {
    setTried(true);
    if (nameProblem) nameField.current?.focus();
    if (nameProblem || wrong || files.length === 0) return;
    const facts = { name: shownName.trim(), description: description.trim() || null, settings: chosen };
    create.mutate({ facts, files }, { onSuccess: onCreated });
  };
  const told = create.error ? explain(create.error) : null;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="wide"
      title="New batch"
      description={`Up to ${plural(limits.videos_per_batch, "video")} with your ${tier} plan.`}
      data-takes-files
      onDrop={drop}
      onDragOver={(event) => event.preventDefault()}
      footer={
        <>
          {tried && files.length === 0 && <p className="mr-auto text-bad text-sm">Choose at least one video.</p>}
          {tried && wrong && <p className="mr-auto text-bad text-sm">{wrong}</p>}
          <Button variant="outline" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
          <Button onClick={upload} busy={create.isPending}>
            {files.length > 0 ? `Upload ${plural(files.length, "video")}` : "Upload"}
          </Button>
        </>
      }
    >
      <div className="grid gap-6">
        {told && <Alert title={told.title}>{told.detail}</Alert>}
        <FileDrop onFiles={add} room={limits.videos_per_batch - files.length} small={files.length > 0} />
        <ChosenFiles
          files={files}
          lengths={lengths}
          rejected={rejected}
          onRemove={(file) => setFiles(files.filter((one) => one !== file))}
          onDismiss={() => setRejected([])}
        />
        {files.length > 0 && (
          <BeforeStart
            need={needOf(files.map((file) => ({ bytes: file.size, seconds: lengths.get(identity(file)) ?? null })))}
          />
        )}
        <div className="grid gap-4">
          <Field label="Batch name" error={(tried && nameProblem) || fieldProblem(create.error, "name")}>
            {(ids) => (
              <Input
                {...ids}
                ref={nameField}
                required
                value={shownName}
                placeholder="Season 3"
                onChange={(event) => {
                  setName(event.target.value);
                  onDirty(true);
                }}
              />
            )}
          </Field>
          <Field label="Description (optional)">
            {(ids) => (
              <Textarea
                {...ids}
                rows={2}
                maxLength={2000}
                value={description}
                onChange={(event) => setDescription(event.target.value)}
              />
            )}
          </Field>
        </div>
        <Separator />
        <section className="grid gap-4">
          <h3 className="font-semibold">Settings for every video</h3>
          {templates.isPending && !defaultSettings ? (
            <Skeleton className="h-40" />
          ) : (
            <BatchSettingsForm short initialSettings={initial} onChange={setSettings} />
          )}
        </section>
      </div>
    </Dialog>
  );
}
