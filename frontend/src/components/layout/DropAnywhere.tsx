import { Upload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { filesOf } from "@/lib/files";

/** Lets people drop files and folders anywhere on the page. */
export function DropAnywhere({ onFiles }: { onFiles: (files: File[]) => void }) {
  const [over, setOver] = useState(false);
  const hear = useRef(onFiles);
  hear.current = onFiles;
  useEffect(() => {
    // Every element that is entered and left tells so: only when all are left, the drag has left the page.
    let depth = 0;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const taken = (event: DragEvent) => (event.target as HTMLElement | null)?.closest?.("[data-takes-files]") !== null;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hold = (event: DragEvent) => carriesFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (!taken(event) && event.dataTransfer) void filesOf(event.dataTransfer).then((files) => hear.current(files));
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", hold);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", hold);
      window.removeEventListener("drop", drop);
    };
  }, []);
  if (!over || document.querySelector("[data-takes-files]")) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center bg-background/80 p-6 backdrop-blur-sm">
      <div className="grid size-full max-h-80 max-w-2xl place-content-center justify-items-center gap-3 rounded-3xl border-2 border-primary border-dashed bg-primary-soft text-primary">
        <Upload className="size-9" aria-hidden />
        <p className="font-semibold text-lg">Drop videos or folders to make a batch</p>
      </div>
    </div>
  );
}
