/** Uploads of this browser: they belong to no page, and go on while people look around. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "@/api/keys";
import { uploader } from "@/api/uploads";
import { useStore } from "@/hooks/use-store";
import type { Upload, Uploads } from "@/lib/upload-job";
import { adopt, keep, stayAlive } from "@/lib/upload-journal";

export function useUploads(): Uploads {
  return useStore(uploader);
}

export interface UploadSums {
  sent: number;
  size: number;
  /** 0 to 100, of all that is not removed. */
  percent: number;
  done: number;
  failed: number;
  missing: number;
  /** Whether anything is being sent or waits to be. */
  busy: boolean;
  /** Seconds; null when nobody knows. */
  remainingS: number | null;
}

/** Several uploads taken together. */
export function sumsOf(uploads: readonly Upload[], speed: number): UploadSums {
  const count = (...statuses: Upload["status"][]) => uploads.filter((one) => statuses.includes(one.status)).length;
  const sent = uploads.reduce((sum, upload) => sum + upload.sent, 0);
  const size = uploads.reduce((sum, upload) => sum + upload.size, 0);
  const busy = count("waiting", "uploading", "finishing") > 0;
  return {
    sent,
    size,
    percent: size > 0 ? (100 * sent) / size : 0,
    done: count("done"),
    failed: count("failed"),
    missing: count("missing"),
    busy,
    remainingS: busy && speed > 1000 ? (size - sent) / speed : null,
  };
}

/** Keeps the journal, warns before leaving, and refreshes what an arrived file changes. Used once, by the page's frame. */
export function useUploadKeeper(userId: string | null): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!userId) return;
    stayAlive();
    let left = false;
    void adopt(userId).then((entries) => !left && entries.length > 0 && uploader.await(entries));
    let arrived = 0;
    const stop = uploader.subscribe(() => {
      const { all } = uploader.get();
      const open = all.filter((upload) => upload.status !== "done");
      keep(
        userId,
        open.map(({ id, batchId, batchName, name, size, lastModified }) => {
          return { id, batchId, batchName, name, size, lastModified };
        }),
      );
      const done = all.length - open.length;
      if (done > arrived) {
        void client.invalidateQueries({ queryKey: keys.batches });
        void client.invalidateQueries({ queryKey: ["videos"] });
      }
      arrived = done;
    });
    const guard = (event: BeforeUnloadEvent) => {
      if (uploader.get().all.some((upload) => ["waiting", "uploading", "finishing"].includes(upload.status))) {
        event.preventDefault();
      }
    };
    window.addEventListener("beforeunload", guard);
    return () => {
      left = true;
      stop();
      window.removeEventListener("beforeunload", guard);
    };
  }, [client, userId]);
}
