import { FileVideo, X } from "lucide-react";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ScrollArea } from "@/components/ui/scroll-area";
import { identity, type Rejection } from "@/lib/files";
import { formatBytes, formatDuration, plural } from "@/lib/format";

interface Props {
  files: readonly File[];
  /** How long they are in seconds, by their identities, as far as that is known. */
  lengths: ReadonlyMap<string, number | null>;
  rejected: readonly Rejection[];
  onRemove: (file: File) => void;
  onDismiss: () => void;
}

/** The files of a new batch, and why others are not among them. */
export function ChosenFiles({ files, lengths, rejected, onRemove, onDismiss }: Props) {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const seconds = files.reduce((sum, file) => sum + (lengths.get(identity(file)) ?? 0), 0);
  return (
    <div className="grid gap-3">
      {rejected.length > 0 && (
        <Alert
          tone="busy"
          title={`${plural(rejected.length, "file")} left out`}
          action={
            <Button variant="ghost" size="icon-small" className="-m-1" aria-label="Dismiss" onClick={onDismiss}>
              <X aria-hidden />
            </Button>
          }
        >
          <ul className="grid gap-0.5">
            {rejected.slice(0, 8).map((one, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two files may have the same name, and the list never changes its order.
              <li key={`${one.name}-${place}`}>
                <span className="font-medium">{one.name}</span>: {one.reason}
              </li>
            ))}
            {rejected.length > 8 && <li>and {rejected.length - 8} more</li>}
          </ul>
        </Alert>
      )}
      {files.length > 0 && (
        <div className="rounded-xl border border-line">
          <p className="numbers border-line border-b px-4 py-2.5 text-muted text-sm">
            <span className="font-medium text-foreground">{plural(files.length, "video")}</span> · {formatBytes(bytes)}
            {seconds > 0 && ` · ${formatDuration(seconds)}`}
          </p>
          <ScrollArea label="Chosen files" className="max-h-56">
            <ul className="divide-y divide-line">
              {files.map((file) => (
                <li key={identity(file)} className="flex items-center gap-3 py-1.5 pr-2 pl-4">
                  <FileVideo className="size-4 shrink-0 text-muted" aria-hidden />
                  <span className="min-w-0 flex-1 truncate text-sm" title={file.name}>
                    {file.name}
                  </span>
                  <span className="numbers shrink-0 text-muted text-xs">
                    {lengths.get(identity(file)) ? `${formatDuration(lengths.get(identity(file)))} · ` : ""}
                    {formatBytes(file.size)}
                  </span>
                  <Button
                    variant="ghost"
                    size="icon-small"
                    aria-label={`Remove ${file.name}`}
                    onClick={() => onRemove(file)}
                  >
                    <X aria-hidden />
                  </Button>
                </li>
              ))}
            </ul>
          </ScrollArea>
        </div>
      )}
    </div>
  );
}
