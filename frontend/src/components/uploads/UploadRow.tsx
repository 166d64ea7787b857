import {
  CircleAlert,
  CircleCheck,
  Clock,
  FileQuestion,
  LoaderCircle,
  Pause,
  Play,
  RotateCcw,
  Upload as UploadIcon,
  X,
} from "lucide-react";
import { uploader } from "@/api/uploads";
import { Button } from "@/components/ui/button";
import { Progress, type Tone } from "@/components/ui/progress";
import { cn } from "@/lib/cn";
import { formatBytes } from "@/lib/format";
import type { Upload } from "@/lib/upload-job";

const LOOKS: Record<
  Upload["status"],
  { icon: typeof Clock; text: string; tone: Tone; color: string; spins?: boolean }
> = {
  waiting: { icon: Clock, text: "Waiting", tone: "idle", color: "text-muted" },
  uploading: { icon: UploadIcon, text: "Uploading", tone: "info", color: "text-info" },
  paused: { icon: Pause, text: "Paused", tone: "idle", color: "text-muted" },
  finishing: { icon: LoaderCircle, text: "Finalising", tone: "info", color: "text-info", spins: true },
  done: { icon: CircleCheck, text: "Uploaded", tone: "good", color: "text-good" },
  failed: { icon: CircleAlert, text: "Failed", tone: "bad", color: "text-bad" },
  missing: { icon: FileQuestion, text: "Choose this file again to go on", tone: "idle", color: "text-busy" },
};

interface Props {
  upload: Upload;
  onRemove: (upload: Upload) => void;
}

/** One file on its way. */
export function UploadRow({ upload, onRemove }: Props) {
  const look = LOOKS[upload.status];
  const Icon = look.icon;
  const percent = upload.size > 0 ? Math.floor((100 * upload.sent) / upload.size) : 0;
  const moving = upload.status === "uploading" || upload.status === "paused";
  return (
    <li className="grid gap-1.5 py-2.5" data-upload={upload.status}>
      <div className="flex items-center gap-3">
        <Icon className={cn("size-4 shrink-0", look.color, look.spins && "animate-spin")} aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="truncate text-sm" title={upload.name}>
            {upload.name}
          </p>
          <p className={cn("numbers break-words text-xs", upload.error ? "text-bad" : "text-muted")}>
            {upload.error ??
              (moving
                ? `${look.text} · ${formatBytes(upload.sent)} of ${formatBytes(upload.size)}`
                : `${look.text} · ${formatBytes(upload.size)}`)}
            {upload.failures > 0 && upload.status === "uploading" && " · trying again"}
          </p>
        </div>
        {moving && <span className="numbers w-9 shrink-0 text-right text-muted text-xs">{percent}%</span>}
        <Buttons upload={upload} onRemove={onRemove} />
      </div>
      {upload.status !== "done" && (
        <Progress value={percent} label={`Upload of ${upload.name}`} tone={look.tone} size="thin" />
      )}
    </li>
  );
}

function Buttons({ upload, onRemove }: Props) {
  const { id, name, status } = upload;
  return (
    <div className="flex shrink-0">
      {(status === "uploading" || status === "waiting") && (
        <Button variant="ghost" size="icon-small" aria-label={`Pause ${name}`} onClick={() => uploader.pause(id)}>
          <Pause aria-hidden />
        </Button>
      )}
      {status === "paused" && (
        <Button variant="ghost" size="icon-small" aria-label={`Resume ${name}`} onClick={() => uploader.resume(id)}>
          <Play aria-hidden />
        </Button>
      )}
      {status === "failed" && (
        <Button variant="ghost" size="icon-small" aria-label={`Retry ${name}`} onClick={() => uploader.retry(id)}>
          <RotateCcw aria-hidden />
        </Button>
      )}
      {status !== "done" && status !== "finishing" && (
        <Button variant="ghost" size="icon-small" aria-label={`Remove ${name}`} onClick={() => onRemove(upload)}>
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}
