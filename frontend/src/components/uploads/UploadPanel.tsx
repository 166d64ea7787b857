import { ChevronDown, ChevronUp, FolderOpen, X } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "react-router";
import { uploader } from "@/api/uploads";
import { Button } from "@/components/ui/button";
import { ScrollArea } from "@/components/ui/scroll-area";
import { UploadOverall } from "@/components/uploads/UploadOverall";
import { UploadRow } from "@/components/uploads/UploadRow";
import { useRemoveUpload } from "@/hooks/remove-upload";
import { useTitleProgress } from "@/hooks/title";
import { sumsOf, type UploadSums, useUploads } from "@/hooks/uploads";
import { announce } from "@/lib/announcer";
import { cn } from "@/lib/cn";
import { ACCEPT } from "@/lib/files";
import { plural } from "@/lib/format";
import type { Upload } from "@/lib/upload-job";

/** Uploads that go on while people look around: in a corner of every page, but for when a dialog shows them already. */
export function UploadPanel({ hidden = false }: { hidden?: boolean }) {
  const { all, speed } = useUploads();
  const [small, setSmall] = useState(false);
  const remove = useRemoveUpload();
  const sums = sumsOf(all, speed);
  useTitleProgress(sums.busy ? `↑ ${Math.floor(sums.percent)}%` : null);
  useWords(sums, all.length);
  useTidyEnd(all.length > 0 && sums.done === all.length);
  const batches = useMemo(() => byBatch(all), [all]);
  if (hidden || all.length === 0) return null;
  return (
    <aside
      aria-label="Uploads"
      className="fixed right-3 bottom-18 z-35 w-[min(25rem,calc(100vw-1.5rem))] overflow-hidden rounded-xl border border-line bg-surface shadow-float lg:right-5 lg:bottom-5"
    >
      <header className="grid gap-2.5 px-4 pt-3 pb-3">
        <div className="flex items-center justify-between gap-2">
          <h2 className="truncate font-semibold text-sm">{headline(sums, all.length)}</h2>
          <div className="-mr-1.5 flex">
            <Button
              variant="ghost"
              size="icon-small"
              aria-expanded={!small}
              aria-label={small ? "Show uploads" : "Make uploads small"}
              onClick={() => setSmall(!small)}
            >
              {small ? <ChevronUp aria-hidden /> : <ChevronDown aria-hidden />}
            </Button>
            {!sums.busy && (
              <Button variant="ghost" size="icon-small" aria-label="Dismiss uploads" onClick={() => dismiss(all)}>
                <X aria-hidden />
              </Button>
            )}
          </div>
        </div>
        {(sums.busy || sums.failed > 0) && <UploadOverall sums={sums} speed={speed} label="All uploads" />}
      </header>
      {!small && (
        <ScrollArea label="Files" className="max-h-[min(22rem,45dvh)] border-line border-t">
          {sums.missing > 0 && <ChooseAgain count={sums.missing} />}
          {batches.map(([id, name, uploads]) => (
            <section key={id} className="px-4 pt-2.5">
              <Link
                to={`/batches/${id}`}
                className="block truncate text-muted text-xs hover:text-primary hover:underline"
              >
                {name}
              </Link>
              <ul className="divide-y divide-line">
                {uploads.map((upload) => (
                  <UploadRow key={upload.id} upload={upload} onRemove={remove} />
                ))}
              </ul>
            </section>
          ))}
        </ScrollArea>
      )}
    </aside>
  );
}

function byBatch(all: readonly Upload[]): [string, string, Upload[]][] {
  const groups = new Map<string, [string, string, Upload[]]>();
  for (const upload of all) {
    const group = groups.get(upload.batchId) ?? [upload.batchId, upload.batchName, []];
    group[2].push(upload);
    groups.set(upload.batchId, group);
  }
  return [...groups.values()];
}

function headline(sums: UploadSums, count: number): string {
  if (sums.busy) return `Uploading ${plural(count - sums.done, "file")}`;
  if (sums.failed > 0) return `${plural(sums.failed, "upload")} failed`;
  if (sums.missing > 0) return `${plural(sums.missing, "upload")} interrupted`;
  return sums.done === count ? `${plural(count, "file")} uploaded` : "Uploads paused";
}

const TIDY_MS = 8000;

/** When everything has arrived, the panel takes itself away after a moment. */
function useTidyEnd(done: boolean): void {
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => uploader.clearDone(), TIDY_MS);
    return () => clearTimeout(timer);
  }, [done]);
}

function dismiss(all: readonly Upload[]): void {
  for (const upload of all) uploader.remove(upload.id);
}

/** Tell screen readers when everything is up, or something failed. */
function useWords(sums: UploadSums, count: number): void {
  const text = sums.busy || count === 0 ? "" : headline(sums, count);
  const first = useRef(true);
  useEffect(() => {
    if (!first.current && text) announce(text);
    first.current = false;
  }, [text]);
}

/** After a reload the browser has lost the files: the same ones have to be chosen again, all at once. */
function ChooseAgain({ count }: { count: number }) {
  const input = useRef<HTMLInputElement>(null);
  const [strange, setStrange] = useState<string[]>([]);
  return (
    <div className={cn("m-3 grid gap-2 rounded-lg bg-busy-soft p-3 text-busy text-sm")}>
      <p>
        {count === 1 ? "One upload was" : `${count} uploads were`} interrupted. Choose the same{" "}
        {count === 1 ? "file" : "files"} again; what has arrived is not sent twice.
      </p>
      {strange.length > 0 && <p className="font-medium">Not among them: {strange.join(", ")}</p>}
      <Button size="small" variant="outline" className="w-fit" onClick={() => input.current?.click()}>
        <FolderOpen aria-hidden />
        Choose files
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        accept={ACCEPT}
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        data-testid="resume-uploads"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          void uploader.attach(files).then((left) => setStrange(left.map((file) => file.name)));
        }}
      />
    </div>
  );
}
