import { ChevronDown, CircleAlert, GripVertical, ImageOff } from "lucide-react";
import { type ComponentProps, type MouseEvent, memo, useId, useState } from "react";
import { StageTrack } from "@/components/batch/StageTrack";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { VideoFacts } from "@/components/batch/VideoFacts";
import { type VideoAction, VideoActions } from "@/components/batch/video-actions";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Progress } from "@/components/ui/progress";
import { Tooltip } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import { formatBytes, formatDuration, formatSpan } from "@/lib/format";
import { awaitsUpload, STAGE } from "@/lib/status";
import type { BatchVideo, ProcessingStage } from "@/types/batch";

export type { VideoAction };

interface Props {
  batchVideo: BatchVideo;
  onAction: (action: VideoAction, video: BatchVideo) => void;
  /** The stages that the batch's settings lead to. */
  stages?: readonly ProcessingStage[];
  thumbnail?: string | null;
  /** Whether it can still be taken out of the batch. */
  removable?: boolean;
  /** Whether its batch was started: only then it is in the queue. */
  started?: boolean;
  /** Whether failed videos of this batch may be tried again. */
  retryable?: boolean;
  selected?: boolean;
  onSelect?: (selected: boolean) => void;
  /** For the handle by which the row is dragged; without it the order is fixed. */
  handle?: ComponentProps<"button">;
  dragging?: boolean;
}

const EDGE: Partial<Record<BatchVideo["status"], string>> = {
  completed: "border-l-good-bar",
  failed: "border-l-bad-bar",
  processing: "border-l-busy-bar",
  uploading: "border-l-info",
};

/** One video of a batch: how it stands, what can be done, and on a click its details. */
export const BatchVideoRow = memo(function BatchVideoRow(props: Props) {
  const { batchVideo: video, onAction, stages = [], selected, onSelect, handle, dragging } = props;
  const [open, setOpen] = useState(false);
  const id = useId();
  const toggle = (event: MouseEvent) => {
    if (!(event.target as HTMLElement).closest("button,a,input,[role=checkbox],[role=menu]")) setOpen(!open);
  };
  return (
    <div
      data-video={video.video_id}
      data-state={video.status}
      className={cn(
        "group/row border-l-3 border-l-transparent bg-surface transition-colors",
        EDGE[video.status],
        selected && "bg-primary-soft/50",
        // Rows that nobody sees are neither laid out nor painted, however often their progress changes.
        dragging
          ? "relative z-10 rounded-lg shadow-float"
          : "[contain-intrinsic-size:auto_4rem] [content-visibility:auto]",
      )}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the button "Details" at its end does the same for the keyboard. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the same. */}
      <div onClick={toggle} className="flex items-center gap-2.5 px-3 py-3 sm:gap-3 sm:px-4">
        {handle && (
          <button
            type="button"
            {...handle}
            aria-label={`Move ${video.name}`}
            className="-ml-1 hidden cursor-grab touch-none rounded p-1 text-muted hover:text-foreground active:cursor-grabbing sm:block"
          >
            <GripVertical className="size-4" aria-hidden />
          </button>
        )}
        {onSelect && (
          <Checkbox
            checked={selected ?? false}
            onCheckedChange={(value) => onSelect(value === true)}
            aria-label={`Select ${video.name}`}
          />
        )}
        <span className="numbers hidden w-7 shrink-0 text-right text-muted text-sm sm:block">#{video.position}</span>
        <Thumbnail url={props.thumbnail} />
        <div className="grid min-w-0 flex-1 gap-x-4 gap-y-2 md:grid-cols-[minmax(0,1fr)_8.5rem_minmax(8rem,14rem)] md:items-center">
          <div className="min-w-0">
            <p className="break-words font-medium text-sm max-sm:line-clamp-2 sm:truncate" title={video.name}>
              <span className="sr-only">#{video.position} </span>
              {video.name}
            </p>
            <p className="numbers truncate text-muted text-xs">
              {video.duration_s ? `${formatDuration(video.duration_s)} · ` : ""}
              {formatBytes(video.size_bytes || null)}
              <Outcome video={video} />
            </p>
          </div>
          <div className="flex items-center gap-2">
            <StatusBadge of="video" status={video.status} />
            <ErrorMark video={video} />
          </div>
          <Work video={video} stages={stages} started={props.started ?? true} />
        </div>
        <VideoActions video={video} onAction={onAction} removable={props.removable} retryable={props.retryable} />
        <Button
          variant="ghost"
          size="icon-small"
          className="-mr-1 text-muted"
          data-row
          aria-expanded={open}
          aria-controls={id}
          aria-label={`Details of ${video.name}`}
          onClick={() => setOpen(!open)}
        >
          <ChevronDown className={cn("transition-transform", open && "rotate-180")} aria-hidden />
        </Button>
      </div>
      {open && (
        <div id={id} className="px-3 pb-4 sm:px-4">
          <VideoFacts video={video} />
        </div>
      )}
    </div>
  );
});

function Thumbnail({ url }: { url?: string | null }) {
  return (
    <span className="grid h-9 w-16 shrink-0 place-items-center overflow-hidden rounded-md bg-sunken text-muted max-sm:h-7 max-sm:w-12">
      {url ? (
        <img src={url} alt="" loading="lazy" decoding="async" className="size-full object-cover" />
      ) : (
        <ImageOff className="size-4 opacity-60" aria-hidden />
      )}
    </span>
  );
}

/** What came of it, in a few words. */
function Outcome({ video }: { video: BatchVideo }) {
  if (video.status === "completed" && video.started_at && video.completed_at) {
    const took = (Date.parse(video.completed_at) - Date.parse(video.started_at)) / 1000;
    return <> · processed in {formatSpan(took)}</>;
  }
  if (video.retry_count > 0 && video.status !== "completed") {
    return (
      <>
        {" · "}Retry {video.retry_count}/{video.max_retries}
      </>
    );
  }
  return null;
}

function ErrorMark({ video }: { video: BatchVideo }) {
  if (video.status !== "failed") return null;
  return (
    <Tooltip content={video.error_message ?? "No reason was given."}>
      <button
        type="button"
        className="rounded text-bad"
        aria-label={`Error: ${video.error_message ?? "no reason was given"}`}
      >
        <CircleAlert className="size-4" aria-hidden />
      </button>
    </Tooltip>
  );
}

/** How far it is, in which stage; or what it waits for. */
function Work(props: { video: BatchVideo; stages: readonly ProcessingStage[]; started: boolean }) {
  const { video, stages, started } = props;
  const percent = Math.floor(video.progress_percentage);
  if (video.status === "processing" || video.status === "uploading") {
    const stage = video.status === "uploading" ? "uploading" : video.current_stage;
    return (
      <div className="grid gap-1">
        <div className="numbers flex items-center justify-between gap-2 text-xs">
          <span className="truncate text-muted">{stage ? `${STAGE[stage].label}…` : "Starting…"}</span>
          <span>{percent}%</span>
        </div>
        <Progress
          value={video.progress_percentage}
          label={`Progress of ${video.name}`}
          tone={video.status === "uploading" ? "info" : "busy"}
        />
        {video.status === "processing" && <StageTrack stages={stages} current={video.current_stage} />}
      </div>
    );
  }
  if (video.status === "pending") {
    const text = awaitsUpload(video)
      ? "Waits for its file"
      : video.next_try_at
        ? "Will be tried again soon"
        : video.uploaded_at && !video.duration_s
          ? "Being checked"
          : started
            ? "In the queue"
            : "Ready";
    return <p className="text-muted text-xs">{text}</p>;
  }
  if (video.status === "failed") {
    return <p className="line-clamp-2 break-words text-bad text-xs">{video.error_message}</p>;
  }
  return <StageTrack stages={stages} current={null} done={video.status === "completed"} />;
}
