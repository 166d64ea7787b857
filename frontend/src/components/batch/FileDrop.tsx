import { FolderOpen, Upload } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { ACCEPT } from "@/lib/files";

interface Props {
  onFiles: (files: File[]) => void;
  /** Files that may still be added. */
  room: number;
  small?: boolean;
}

/** Where files are chosen; dropping them works on the whole dialog. */
export function FileDrop({ onFiles, room, small }: Props) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    onFiles([...(input.files ?? [])].filter((file) => !file.name.startsWith(".")));
    input.value = "";
  };
  return (
    <div
      className={cn(
        "grid justify-items-center gap-1 rounded-xl border-2 border-line border-dashed px-4 text-center",
        small ? "py-4" : "py-9",
      )}
    >
      {!small && (
        <span className="mb-2 grid size-11 place-items-center rounded-full bg-primary-soft text-primary">
          <Upload className="size-5" aria-hidden />
        </span>
      )}
      <p className="font-medium text-sm">{small ? "Drop more videos here" : "Drop videos or folders here"}</p>
      <p className="text-muted text-xs">
        MP4, MOV, AVI or WebM, up to 2 GB each · {room > 0 ? `room for ${room} more` : "the batch is full"}
      </p>
      <div className="mt-2 flex gap-2">
        <Button variant="outline" size="small" disabled={room === 0} onClick={() => files.current?.click()}>
          Choose files
        </Button>
        <Button variant="ghost" size="small" disabled={room === 0} onClick={() => folder.current?.click()}>
          <FolderOpen aria-hidden />
          Choose a folder
        </Button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        accept={ACCEPT}
        className="sr-only"
        tabIndex={-1}
        aria-label="Video files"
        data-testid="files"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        className="sr-only"
        tabIndex={-1}
        aria-label="A folder of videos"
        onChange={(event) => take(event.currentTarget)}
        {...{ webkitdirectory: "" }}
      />
    </div>
  );
}
