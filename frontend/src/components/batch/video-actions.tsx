import { CircleAlert, Download, Eye, MoreHorizontal, RotateCcw, RotateCw, Trash2, Upload } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/dropdown-menu";
import { awaitsUpload, canRetry } from "@/lib/status";
import type { BatchVideo } from "@/types/batch";

export type VideoAction = "view" | "retry" | "remove" | "download" | "error" | "upload" | "render";

interface Props {
  video: BatchVideo;
  onAction: (action: VideoAction, video: BatchVideo) => void;
  removable?: boolean;
  retryable?: boolean;
}

/** What can be done to a video of a batch: the obvious thing as a button, everything in a menu. */
export function VideoActions({ video, onAction, removable, retryable = true }: Props) {
  const retry = retryable && canRetry(video);
  const file = awaitsUpload(video) && video.status === "pending";
  const download = video.status === "completed" && video.output_video_url !== null;
  const act = (action: VideoAction) => () => onAction(action, video);
  return (
    <div className="flex shrink-0 items-center justify-end gap-1 sm:w-30">
      {retry && (
        <Button variant="outline" size="small" onClick={act("retry")} className="hidden sm:inline-flex">
          <RotateCcw aria-hidden />
          Retry
        </Button>
      )}
      {file && (
        <Button variant="outline" size="small" onClick={act("upload")} className="hidden sm:inline-flex">
          <Upload aria-hidden />
          Choose file
        </Button>
      )}
      {download && (
        <Button
          variant="ghost"
          size="icon-small"
          aria-label={`Download ${video.name}`}
          title="Download"
          onClick={act("download")}
          className="hidden sm:inline-flex"
        >
          <Download aria-hidden />
        </Button>
      )}
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon-small" aria-label={`Actions for ${video.name}`}>
            <MoreHorizontal aria-hidden />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={act("view")}>
            <Eye aria-hidden />
            View video
          </MenuItem>
          {download && (
            <MenuItem onSelect={act("download")}>
              <Download aria-hidden />
              Download
            </MenuItem>
          )}
          {file && (
            <MenuItem onSelect={act("upload")}>
              <Upload aria-hidden />
              Choose file
            </MenuItem>
          )}
          {retryable && video.status === "completed" && (
            <MenuItem onSelect={act("render")}>
              <RotateCw aria-hidden />
              Render again…
            </MenuItem>
          )}
          {video.status === "failed" && (
            <MenuItem onSelect={act("error")}>
              <CircleAlert aria-hidden />
              View error
            </MenuItem>
          )}
          {retry && (
            <MenuItem onSelect={act("retry")}>
              <RotateCcw aria-hidden />
              Retry
            </MenuItem>
          )}
          {removable && (
            <MenuItem danger onSelect={act("remove")}>
              <Trash2 aria-hidden />
              Remove
            </MenuItem>
          )}
        </MenuContent>
      </Menu>
    </div>
  );
}
