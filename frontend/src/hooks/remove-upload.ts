import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { removeVideosFromBatch } from "@/api/batch";
import { keys } from "@/api/keys";
import { uploader } from "@/api/uploads";
import { ApiError, explain } from "@/lib/problems";
import type { Upload } from "@/lib/upload-job";

/** Stops an upload and takes its video out of the batch. */
export function useRemoveUpload(): (upload: Upload) => void {
  const client = useQueryClient();
  return (upload) => {
    uploader.remove(upload.id);
    removeVideosFromBatch(upload.batchId, [upload.id])
      .catch((error) => {
        // It may be gone already, with its batch.
        if (error instanceof ApiError && error.status === 404) return;
        toast.error(`${upload.name} is still in the batch`, { description: explain(error).detail });
      })
      .finally(() => {
        void client.invalidateQueries({ queryKey: keys.batch(upload.batchId) });
        void client.invalidateQueries({ queryKey: keys.batchLists });
      });
  };
}
