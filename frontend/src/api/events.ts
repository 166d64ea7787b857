/** Live events: one stream for the whole browser, over which every batch is watched. */
import { openSharedStream, type SharedStream, type SourceLike } from "@/lib/shared-stream";
import type { LiveEvent } from "@/types/batch";

let stream: SharedStream | null = null;
let openFor: string | null = null;

/** The stream of this user's events; opened once, and anew for another user. */
export function liveStream(userId: string): SharedStream {
  if (stream && openFor === userId) return stream;
  stream?.close();
  openFor = userId;
  stream = openSharedStream({
    name: `dailies.live.${userId}`,
    makeSource: () => new EventSource("/api/events") as unknown as SourceLike,
    locks: navigator.locks,
    makeChannel: typeof BroadcastChannel === "function" ? (name) => new BroadcastChannel(name) : undefined,
  });
  return stream;
}

export function closeLiveStream(): void {
  stream?.close();
  stream = null;
  openFor = null;
}

/** Hear what happens to one batch; returns the function that ends it. */
export function subscribeToBatchProgress(batchJobId: string, callback: (event: LiveEvent) => void): () => void {
  if (!stream) return () => {};
  return stream.listen((heard) => {
    const event = heard as LiveEvent;
    if (event.type === "snapshot" || batchOf(event) === batchJobId) callback(event);
  });
}

/** Which batch an event is about; null for a snapshot of all. */
export function batchOf(event: LiveEvent): string | null {
  switch (event.type) {
    case "snapshot":
    case "notices":
      return null;
    case "batch":
      return event.id;
    case "video":
    case "export":
      return event.batch_job_id;
    default:
      return event.batch_id;
  }
}
