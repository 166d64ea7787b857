import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { createBatchJob, type NewBatchJob } from "@/api/batch";
import { keys } from "@/api/keys";
import { entryOf, uploader } from "@/api/uploads";
import { identity } from "@/lib/files";

interface NewUploads {
  facts: Pick<NewBatchJob, "name" | "description" | "settings">;
  files: readonly File[];
}

/** Creates a batch and begins its uploads. The same input tried again makes no second batch. */
export function useCreateBatch() {
  const client = useQueryClient();
  const last = useRef({ input: "", key: "" });
  return useMutation({
    mutationFn: ({ facts, files }: NewUploads) => {
      const input = JSON.stringify([facts, files.map(identity)]);
      if (last.current.input !== input) last.current = { input, key: crypto.randomUUID() };
      const named = files.map((file) => ({ name: file.name, size: file.size, type: file.type }));
      return createBatchJob({ ...facts, files: named }, last.current.key);
    },
    onSuccess: ({ batch_job, videos, uploads }, { files }) => {
      for (const [place, file] of files.entries()) {
        const video = videos[place];
        const plan = uploads.find((one) => one.video_id === video?.video_id);
        if (video && plan) uploader.add(entryOf(batch_job, video, file), file, plan);
      }
      void client.invalidateQueries({ queryKey: keys.batchLists });
    },
  });
}
