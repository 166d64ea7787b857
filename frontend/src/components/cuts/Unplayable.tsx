import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import type { Original } from "@/hooks/original";

/** In place of a player: a source that browsers cannot play, and how far the copy is that they can. */
export function Unplayable({ original: { progress, problem, prepare } }: { original: Original }) {
  if (progress !== null) {
    return (
      <div className="grid size-full content-center justify-items-center gap-3 bg-sunken px-6 text-center">
        <p className="font-semibold">Preparing the original for your browser</p>
        <Progress value={progress} label="Preparing the original" className="max-w-60" />
        <p className="numbers text-muted text-sm" aria-hidden>
          {progress} %
        </p>
      </div>
    );
  }
  return (
    <div className="grid size-full content-center justify-items-center gap-1.5 overflow-auto bg-sunken px-4 py-2 text-center">
      <p className="font-semibold text-sm">
        {problem ? "The original could not be prepared" : "Browsers cannot play this kind of file"}
      </p>
      <p className="max-w-sm text-muted text-xs sm:text-sm">
        {problem ?? "A small copy can be made to watch it here. Downloads and results are not affected."}
      </p>
      <Button size="small" className="mt-1.5" onClick={() => prepare()}>
        {problem ? "Try again" : "Prepare it for watching"}
      </Button>
    </div>
  );
}
