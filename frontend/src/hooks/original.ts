import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { keys } from "@/api/keys";
import { prepareVideo } from "@/api/videos";
import { useLasting } from "@/hooks/lasting";
import { explain } from "@/lib/problems";
import type { Video } from "@/types/batch";

/** The file that was uploaded, as far as it can be watched here. */
export interface Original {
  /** Of the file itself, or of a copy of it that browsers play; null while there is nothing to play. */
  url: string | null;
  /** How far the copy is, in percent; null when none is being made. */
  progress: number | null;
  /** Why there is no copy. */
  problem: string | null;
  prepare: () => void;
  onUnplayable: () => void;
}

/** The original of a video. A copy is asked for when somebody wants to watch what browsers cannot play, and never before. */
export function useOriginal(video: Video, watching: boolean): Original {
  const client = useQueryClient();
  const [unplayable, setUnplayable] = useState(false);
  const { mutate, isIdle, isPending, error } = useMutation({
    mutationFn: () => prepareVideo(video.id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.video(video.id) }),
  });
  const needed = video.playable === false || unplayable;
  const proxy = video.proxy;
  const url = useLasting((needed ? proxy?.url : video.source_url) ?? null);
  const wants = needed && watching && !proxy && isIdle;
  useEffect(() => {
    if (wants) mutate();
  }, [wants, mutate]);
  const failed = proxy?.status === "failed" && !isPending;
  return {
    url,
    progress: isPending || proxy?.status === "preparing" ? (proxy?.progress ?? 0) : null,
    problem: failed ? (proxy.error_message ?? null) : error ? explain(error).detail : null,
    prepare: mutate,
    onUnplayable: () => setUnplayable(true),
  };
}
