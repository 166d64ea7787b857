import { Check, LoaderCircle } from "lucide-react";
import { cn } from "@/lib/cn";
import { STAGE } from "@/lib/status";
import type { ProcessingStage } from "@/types/batch";

interface Props {
  stages: readonly ProcessingStage[];
  current: ProcessingStage | null;
  done?: boolean;
}

/** The stages of the work as small signs: done, under way, still to come. */
export function StageTrack({ stages, current, done }: Props) {
  const at = current ? stages.indexOf(current) : -1;
  if (stages.length === 0 || (!done && at < 0)) return null;
  return (
    <ol className="flex items-center gap-1.5" aria-label="Stages">
      {stages.map((stage, place) => {
        const isDone = done || place < at;
        const Icon = STAGE[stage].icon;
        const state = isDone ? "done" : place === at ? "under way" : "to come";
        return (
          <li
            key={stage}
            title={`${STAGE[stage].label}: ${state}`}
            className={cn(
              "flex items-center gap-0.5",
              isDone ? "text-good" : place === at ? "text-busy" : "text-muted/60",
            )}
          >
            <Icon className="size-3.5" aria-hidden />
            {isDone && <Check className="size-2.5" strokeWidth={3} aria-hidden />}
            {!isDone && place === at && <LoaderCircle className="size-2.5 animate-spin" aria-hidden />}
            <span className="sr-only">
              {STAGE[stage].label}: {state}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
