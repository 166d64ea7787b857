import { Tooltip } from "@/components/ui/tooltip";
import { useLiveState } from "@/hooks/live";
import { cn } from "@/lib/cn";
import type { LiveState } from "@/lib/shared-stream";

const LOOKS: Record<LiveState, { label: string; detail: string; dot: string }> = {
  connecting: { label: "Connecting", detail: "Waiting for live updates.", dot: "bg-line-strong" },
  live: { label: "Live", detail: "Everything you see is up to date.", dot: "bg-good-bar" },
  reconnecting: {
    label: "Reconnecting",
    detail: "Live updates were interrupted. Meanwhile the page asks every few seconds.",
    dot: "bg-busy-bar animate-pulse",
  },
  offline: {
    label: "Offline",
    detail: "The server cannot be reached. What you see may be out of date; we keep trying.",
    dot: "bg-bad-bar",
  },
};

/** Whether what is shown is up to date by itself. */
export function LiveIndicator() {
  const state = useLiveState();
  const look = LOOKS[state];
  return (
    <Tooltip content={look.detail} side="bottom">
      <button
        type="button"
        data-live={state}
        className="flex h-8 cursor-default items-center gap-2 rounded-full border border-line px-2.5 text-muted text-xs"
      >
        <span className={cn("size-2 rounded-full", look.dot)} aria-hidden />
        <span className={cn(state === "live" && "hidden sm:inline")}>{look.label}</span>
        <span className="sr-only">{state === "live" ? look.detail : `: ${look.detail}`}</span>
      </button>
    </Tooltip>
  );
}
