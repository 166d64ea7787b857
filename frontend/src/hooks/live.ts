/** The live connection of the page: opened when somebody signs in, written into the query cache. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState } from "react";
import { closeLiveStream, liveStream } from "@/api/events";
import { applyEvents, type Outcome } from "@/hooks/live-cache";
import type { LiveState } from "@/lib/shared-stream";
import type { LiveEvent } from "@/types/batch";

/** Events are taken in this often: a hundred of them in a second cost ten renders, not a hundred. */
const EVERY_MS = 100;

/** Whether pages are up to date by themselves. */
export const LiveContext = createContext<LiveState>("connecting");

export function useLiveState(): LiveState {
  return useContext(LiveContext);
}

/** How often a query asks again by itself: every 5 s while there is something to see and nobody tells us, else rarely. */
export function usePolling(active: boolean): number | false {
  const live = useLiveState();
  if (!active) return false;
  return live === "live" ? 30_000 : 5000;
}

/** Keep the cache up to date for this user, and tell of what ended. */
export function useLiveConnection(userId: string | null, onOutcomes: (outcomes: Outcome[]) => void): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    if (!userId || typeof EventSource === "undefined") return setState("offline");
    const stream = liveStream(userId);
    let waiting: LiveEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const takeIn = () => {
      timer = undefined;
      const events = thinned(waiting);
      waiting = [];
      const outcomes = applyEvents(client, events);
      if (outcomes.length > 0) onOutcomes(outcomes);
    };
    const stopListening = stream.listen((event) => {
      waiting.push(event as LiveEvent);
      timer ??= setTimeout(takeIn, EVERY_MS);
    });
    const stopWatching = stream.state.subscribe(() => setState(stream.state.get()));
    setState(stream.state.get());
    return () => {
      clearTimeout(timer);
      stopListening();
      stopWatching();
      closeLiveStream();
    };
  }, [client, userId, onOutcomes]);
  return state;
}

/** Of several live values of the same thing only the last; state changes are all kept, in their order. */
export function thinned(events: readonly LiveEvent[]): LiveEvent[] {
  const last = new Map<string, LiveEvent>();
  for (const event of events) {
    if (event.type === "progress" || event.type === "upload") last.set(`${event.type}/${event.video_id}`, event);
    if (event.type === "export_progress") last.set(`export/${event.export_id}`, event);
  }
  const kept = new Set(last.values());
  return events.filter((event) => !["progress", "upload", "export_progress"].includes(event.type) || kept.has(event));
}
