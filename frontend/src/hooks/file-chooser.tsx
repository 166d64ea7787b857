import { useRef } from "react";
import { toast } from "sonner";
import { entryOf, matched, uploader } from "@/api/uploads";
import { getUpload } from "@/api/videos";
import { ACCEPT } from "@/lib/files";
import { listed, plural } from "@/lib/format";
import { explain } from "@/lib/problems";
import type { BatchJobDetails } from "@/types/batch";

/** Lets people choose the files that the videos of a batch still wait for, and goes on with those uploads. */
export function useFileChooser(batch: BatchJobDetails) {
  const ref = useRef<HTMLInputElement>(null);
  const take = async (files: File[]) => {
    const left = await uploader.attach(files);
    const pairs = matched(batch, left);
    for (const { file, video } of pairs) {
      try {
        const state = await getUpload(video.video_id);
        if (!state.complete) uploader.add(entryOf(batch, video, file), file, state.plan, state.parts);
      } catch (error) {
        toast.error(`${file.name} cannot be uploaded`, { description: explain(error).detail });
      }
    }
    const strange = left.filter((file) => !pairs.some((pair) => pair.file === file));
    if (strange.length > 0) {
      toast.error(`${plural(strange.length, "file")} not recognised`, {
        description: `${listed(strange.slice(0, 3).map((file) => file.name))}: choose the very files of this batch, with the same names and sizes.`,
      });
    }
  };
  return {
    open: () => ref.current?.click(),
    take,
    input: (
      <input
        ref={ref}
        type="file"
        multiple
        accept={ACCEPT}
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        data-testid="resume-files"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          void take(files);
        }}
      />
    ),
  };
}
