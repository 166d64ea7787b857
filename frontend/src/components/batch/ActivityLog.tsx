import { useMemo } from "react";
import { ScrollArea } from "@/components/ui/scroll-area";
import { useStore } from "@/hooks/use-store";
import { activities, pastActivities } from "@/lib/activity";
import { cn } from "@/lib/cn";
import { formatAbsolute, formatClock } from "@/lib/format";
import type { BatchJobDetails } from "@/types/batch";

const DOT = { idle: "bg-line-strong", busy: "bg-busy-bar", good: "bg-good-bar", bad: "bg-bad-bar" };

/** What happened lately to the videos of a batch. */
export function ActivityLog({ batch }: { batch: BatchJobDetails }) {
  const live = useStore(activities).get(batch.id);
  const all = useMemo(() => {
    const since = live?.at(-1)?.at ?? Number.POSITIVE_INFINITY;
    return [...(live ?? []), ...pastActivities(batch.videos).filter((one) => one.at < since - 2000)].slice(0, 60);
  }, [live, batch.videos]);
  return (
    <section>
      <h3 className="mb-1.5 font-medium text-sm">Recent activity</h3>
      {all.length === 0 ? (
        <p className="text-muted text-sm">Nothing has happened yet.</p>
      ) : (
        <ScrollArea label="Recent activity" className="max-h-64">
          <ol className="grid gap-2 pr-3 text-sm">
            {all.map((one) => (
              <li key={one.key} className="flex items-start gap-2.5">
                <span className={cn("mt-2 size-1.5 shrink-0 rounded-full", DOT[one.tone])} aria-hidden />
                <span className="min-w-0 flex-1 break-words">
                  <span className="text-muted">#{one.position}</span> {one.name}: {one.text}
                </span>
                <time
                  className="numbers shrink-0 text-muted text-xs leading-6"
                  dateTime={new Date(one.at).toISOString()}
                  title={formatAbsolute(one.at)}
                >
                  {formatClock(one.at)}
                </time>
              </li>
            ))}
          </ol>
        </ScrollArea>
      )}
    </section>
  );
}
