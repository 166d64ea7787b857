import { RotateCcw, Trash2, X } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { BatchVideoRow, type VideoAction } from "@/components/batch/BatchVideoRow";
import { SortableVideos } from "@/components/batch/SortableVideos";
import { AlertDialog } from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { useBatchAction } from "@/hooks/batch-actions";
import { useThumbnails } from "@/hooks/batches";
import { useFileChooser } from "@/hooks/file-chooser";
import { plural } from "@/lib/format";
import { moveBetweenRows } from "@/lib/rows";
import { canRetry, isOver, stagesOf } from "@/lib/status";
import type { BatchJobDetails, BatchVideo } from "@/types/batch";

const RenderAgainDialog = lazy(() => import("@/components/batch/RenderAgainDialog"));

/** The videos of a batch: chosen, tried again, removed, put into another order. */
export function BatchVideos({ batch }: { batch: BatchJobDetails }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [removing, setRemoving] = useState<BatchVideo[] | null>(null);
  const [failed, setFailed] = useState<BatchVideo | null>(null);
  const [rendering, setRendering] = useState<BatchVideo | null>(null);
  const navigate = useNavigate();
  const { mutate } = useBatchAction((action) => action.kind !== "order" && setChosen(new Set()));
  const files = useFileChooser(batch);
  const ready = batch.videos.filter((video) => video.duration_s !== null).length;
  const pictures = useThumbnails(
    batch.id,
    batch.videos.map((video) => video.video_id),
    ready,
  ).data;
  const stages = stagesOf(batch.settings);
  const retryable = batch.status !== "cancelled" && batch.status !== "pending";
  const removable = (video: BatchVideo) =>
    !isOver(batch.status) && (batch.status === "pending" ? video.status !== "processing" : video.status === "pending");

  const act = (action: VideoAction, video: BatchVideo) => {
    if (action === "view") void navigate(`/videos/${video.video_id}?batch=${batch.id}`);
    else if (action === "retry") mutate({ kind: "retry", batch, videoIds: [video.video_id] });
    else if (action === "remove") setRemoving([video]);
    else if (action === "download" && video.output_video_url) window.location.assign(video.output_video_url);
    else if (action === "upload") files.open();
    else if (action === "error") setFailed(video);
    else if (action === "render") setRendering(video);
  };
  // Rows are drawn anew only when their video changes: what they call stays the same.
  const latest = useRef(act);
  latest.current = act;
  const [stable] = useState(() => (action: VideoAction, video: BatchVideo) => latest.current(action, video));

  const selected = batch.videos.filter((video) => chosen.has(video.video_id));
  const toRetry = retryable ? selected.filter(canRetry) : [];
  const toRemove = selected.filter(removable);
  const select = (id: string, is: boolean) =>
    setChosen((was) => {
      const now = new Set(was);
      if (is) now.add(id);
      else now.delete(id);
      return now;
    });
  const row = (video: BatchVideo, drag: { handle?: object; dragging?: boolean } = {}) => (
    <BatchVideoRow
      batchVideo={video}
      onAction={stable}
      stages={stages}
      thumbnail={pictures?.get(video.video_id) ?? null}
      removable={removable(video)}
      retryable={retryable}
      started={batch.status !== "pending"}
      selected={chosen.has(video.video_id)}
      onSelect={(is) => select(video.video_id, is)}
      {...drag}
    />
  );
  const sortable = batch.status === "pending" && batch.videos.length > 1;
  return (
    <Card className="overflow-hidden" aria-labelledby="videos-title" onKeyDown={moveBetweenRows}>
      <CardHeader className="flex-wrap px-3 pb-3 sm:px-4">
        <div className="flex items-center gap-3 pl-1">
          <Checkbox
            aria-label="Select all videos"
            checked={selected.length === 0 ? false : selected.length === batch.videos.length ? true : "indeterminate"}
            onCheckedChange={(value) => setChosen(new Set(value ? batch.videos.map((video) => video.video_id) : []))}
          />
          <CardTitle id="videos-title">Videos</CardTitle>
          <span className="numbers text-muted text-sm">{batch.videos.length}</span>
        </div>
        {selected.length > 0 ? (
          <div role="toolbar" aria-label="Selected videos" className="flex flex-wrap items-center gap-2">
            <span className="numbers text-muted text-sm">{selected.length} selected</span>
            <Button
              size="small"
              variant="outline"
              disabled={toRetry.length === 0}
              onClick={() => mutate({ kind: "retry", batch, videoIds: toRetry.map((video) => video.video_id) })}
            >
              <RotateCcw aria-hidden />
              Retry {toRetry.length || ""}
            </Button>
            <Button
              size="small"
              variant="outline"
              disabled={toRemove.length === 0}
              onClick={() => setRemoving(toRemove)}
            >
              <Trash2 aria-hidden />
              Remove {toRemove.length || ""}
            </Button>
            <Button size="icon-small" variant="ghost" aria-label="Clear selection" onClick={() => setChosen(new Set())}>
              <X aria-hidden />
            </Button>
          </div>
        ) : (
          sortable && <p className="hidden text-muted text-xs sm:block">Drag a handle to change the order</p>
        )}
      </CardHeader>
      {batch.videos.length === 0 && (
        <p className="border-line border-t px-6 py-10 text-center text-muted text-sm">
          This batch has no videos any more.
        </p>
      )}
      {sortable ? (
        <SortableVideos
          videos={batch.videos}
          render={row}
          onOrder={(videoIds) => mutate({ kind: "order", batch, videoIds })}
        />
      ) : (
        <ul className="divide-y divide-line border-line border-t">
          {batch.videos.map((video) => (
            <li key={video.id}>{row(video)}</li>
          ))}
        </ul>
      )}
      {files.input}
      {rendering && (
        <Suspense fallback={null}>
          <RenderAgainDialog batch={batch} video={rendering} onClose={() => setRendering(null)} />
        </Suspense>
      )}
      <AlertDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={
          removing?.length === 1
            ? `Remove “${removing[0]?.name}”?`
            : `Remove ${plural(removing?.length ?? 0, "video")}?`
        }
        action="Remove"
        onConfirm={() =>
          removing && mutate({ kind: "remove", batch, videoIds: removing.map((video) => video.video_id) })
        }
      >
        What was uploaded for this batch alone is deleted with it.
      </AlertDialog>
      <Dialog
        open={failed !== null}
        onOpenChange={(open) => !open && setFailed(null)}
        title="Why this video failed"
        description={failed?.name}
        footer={
          <>
            <Button variant="outline" onClick={() => setFailed(null)}>
              Close
            </Button>
            {failed && retryable && canRetry(failed) && (
              <Button
                onClick={() => {
                  mutate({ kind: "retry", batch, videoIds: [failed.video_id] });
                  setFailed(null);
                }}
              >
                <RotateCcw aria-hidden />
                Try again
              </Button>
            )}
          </>
        }
      >
        <p className="break-words">{failed?.error_message ?? "No reason was given."}</p>
        {failed && !canRetry(failed) && (
          <p className="mt-3 text-muted text-sm">
            The file itself was refused, so trying again would not help. Repair or convert it, and upload it in a new
            batch.
          </p>
        )}
        {failed && canRetry(failed) && (
          <p className="mt-3 text-muted text-sm">
            Tried {plural(failed.attempt, "time")}, {failed.retry_count} of {failed.max_retries} retries used.
          </p>
        )}
      </Dialog>
    </Card>
  );
}
