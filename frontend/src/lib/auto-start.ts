/** Batches that are to be started as soon as their last file has arrived. */
import { createStore } from "@/lib/store";

export const autoStart = createStore<ReadonlySet<string>>(new Set());

export function startWhenUploaded(batchId: string, wanted: boolean): void {
  autoStart.set((was) => {
    const now = new Set(was);
    if (wanted) now.add(batchId);
    else now.delete(batchId);
    return now;
  });
}
