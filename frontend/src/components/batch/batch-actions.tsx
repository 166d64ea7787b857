import { Ban, Copy, Download, MoreHorizontal, Pause, Play, RotateCcw, Trash2 } from "lucide-react";
import { type ComponentProps, lazy, type ReactNode, Suspense, useState } from "react";
import { useNavigate } from "react-router";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/dropdown-menu";
import { useBatchAction } from "@/hooks/batch-actions";
import { plural } from "@/lib/format";
import { canRetry, isOver } from "@/lib/status";
import type { BatchJob, BatchJobDetails, BatchVideo } from "@/types/batch";

const BatchExportDialog = lazy(() => import("@/components/batch/BatchExportDialog"));

const RUNNING = new Set(["start", "pause", "resume"]);

interface Action {
  name: string;
  label: string;
  icon: typeof Play;
  danger?: boolean;
  run: () => void;
}

/** What can be done to a batch in its state, the most likely first; and the dialogs that this needs. */
export function useActionsOf(
  batch: BatchJob & { videos?: BatchVideo[] },
  onDeleted?: () => void,
): { actions: Action[]; dialogs: ReactNode; busy: boolean } {
  const [asking, setAsking] = useState<"cancel" | "delete" | "export" | null>(null);
  const navigate = useNavigate();
  const { mutate, isPending } = useBatchAction((action, answer) => {
    if (action.kind === "delete") onDeleted?.();
    if (action.kind === "duplicate" && answer) void navigate(`/batches/${answer.id}`);
  });
  const over = isOver(batch.status);
  // Where the videos are known: a file that was refused cannot be tried again.
  const retryable = batch.videos ? batch.videos.some(canRetry) : batch.failed_videos > 0;
  const all: (Action | false)[] = [
    batch.status === "pending" && {
      name: "start",
      label: "Start processing",
      icon: Play,
      run: () => mutate({ kind: "start", batch }),
    },
    batch.status === "paused" && {
      name: "resume",
      label: "Resume",
      icon: Play,
      run: () => mutate({ kind: "resume", batch }),
    },
    batch.status === "processing" && {
      name: "pause",
      label: "Pause",
      icon: Pause,
      run: () => mutate({ kind: "pause", batch }),
    },
    over &&
      batch.completed_videos > 0 && { name: "export", label: "Export", icon: Download, run: () => setAsking("export") },
    retryable &&
      batch.status !== "cancelled" &&
      batch.status !== "pending" && {
        name: "retry",
        label: "Retry failed",
        icon: RotateCcw,
        run: () => mutate({ kind: "retry", batch }),
      },
    { name: "duplicate", label: "Duplicate", icon: Copy, run: () => mutate({ kind: "duplicate", batch }) },
    !over && { name: "cancel", label: "Cancel batch", icon: Ban, danger: true, run: () => setAsking("cancel") },
    over && { name: "delete", label: "Delete", icon: Trash2, danger: true, run: () => setAsking("delete") },
  ];
  const close = (open: boolean) => !open && setAsking(null);
  const dialogs = (
    <>
      <AlertDialog
        open={asking === "cancel"}
        onOpenChange={close}
        title={`Cancel “${batch.name}”?`}
        action="Cancel batch"
        cancel="Keep going"
        onConfirm={() => mutate({ kind: "cancel", batch })}
      >
        Work stops for good, and uploads that were not processed are removed.
        {batch.completed_videos > 0 && ` ${plural(batch.completed_videos, "finished video")} stay.`}
      </AlertDialog>
      <AlertDialog
        open={asking === "delete"}
        onOpenChange={close}
        title={`Delete “${batch.name}”?`}
        action="Delete batch"
        onConfirm={() => mutate({ kind: "delete", batch })}
      >
        Its {plural(batch.total_videos, "video")} and their results are removed with it. This cannot be undone.
      </AlertDialog>
      {asking === "export" && (
        <Suspense fallback={null}>
          <BatchExportDialog batchJobId={batch.id} onClose={() => setAsking(null)} />
        </Suspense>
      )}
    </>
  );
  return { actions: all.filter((action) => action !== false), dialogs, busy: isPending };
}

/** The actions of a batch behind three dots. In a long list nothing but the dots is there until they are pressed. */
export function ActionsMenu({ batch, before }: { batch: BatchJob; before?: ReactNode }) {
  const [used, setUsed] = useState(false);
  if (used) return <OpenedMenu batch={batch} before={before} />;
  const { name } = batch;
  return <Dots aria-label={`Actions for ${name}`} aria-haspopup="menu" onClick={() => setUsed(true)} />;
}

function Dots(props: ComponentProps<typeof Button>) {
  return (
    <Button variant="ghost" size="icon-small" {...props}>
      <MoreHorizontal aria-hidden />
    </Button>
  );
}

function OpenedMenu({ batch, before }: { batch: BatchJob; before?: ReactNode }) {
  const { actions, dialogs } = useActionsOf(batch);
  const firstDanger = actions.findIndex((action) => action.danger);
  return (
    <>
      <Menu defaultOpen>
        <MenuTrigger asChild>
          <Dots aria-label={`Actions for ${batch.name}`} />
        </MenuTrigger>
        <MenuContent>
          {before}
          {actions.map((action, place) => (
            <div key={action.name}>
              {place === firstDanger && place > 0 && <MenuSeparator />}
              <MenuItem danger={action.danger} onSelect={action.run}>
                <action.icon aria-hidden />
                {action.label}
              </MenuItem>
            </div>
          ))}
        </MenuContent>
      </Menu>
      {dialogs}
    </>
  );
}

/** The actions of a batch as buttons: the likely ones in words, the rest behind three dots. */
export function ActionButtons({ batch, onDeleted }: { batch: BatchJobDetails; onDeleted: () => void }) {
  const { actions, dialogs, busy } = useActionsOf(batch, onDeleted);
  const shown = actions.filter((action) => !action.danger && action.name !== "duplicate");
  const rest = actions.filter((action) => action.danger || action.name === "duplicate");
  return (
    <>
      {shown.map((action, place) => (
        <Button
          // What takes another's place is the same button, which keeps the focus.
          key={RUNNING.has(action.name) ? "running" : action.name}
          variant={place === 0 ? "primary" : "outline"}
          aria-disabled={busy || undefined}
          onClick={() => !busy && action.run()}
        >
          <action.icon aria-hidden />
          {action.label}
        </Button>
      ))}
      <Menu>
        <MenuTrigger asChild>
          <Button variant="outline" size="icon" aria-label="More actions">
            <MoreHorizontal aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent>
          {rest.map((action) => (
            <MenuItem key={action.name} danger={action.danger} onSelect={action.run}>
              <action.icon aria-hidden />
              {action.label}
            </MenuItem>
          ))}
        </MenuContent>
      </Menu>
      {dialogs}
    </>
  );
}
