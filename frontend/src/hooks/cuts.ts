import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useReducer } from "react";
import { getCuts } from "@/api/cuts";
import { keys } from "@/api/keys";
import { type Edits, editing, type Span, skipTo } from "@/lib/cuts";
import type { BatchVideo, CutEdit } from "@/types/batch";

const PEAKS_PER_S = 20;
const MOST_PEAKS = 36_000;

/** The cut list of a video of a batch, once it has an output. */
export function useCuts(video: BatchVideo | null) {
  const batchId = video?.batch_job_id ?? "";
  const videoId = video?.video_id ?? "";
  const seconds = video?.processing_result?.source_s ?? 0;
  const peaks = Math.min(MOST_PEAKS, Math.ceil(seconds * PEAKS_PER_S));
  return useQuery({
    queryKey: [...keys.cuts(batchId, videoId), video?.output?.key],
    queryFn: ({ signal }) => getCuts(batchId, videoId, peaks, signal),
    enabled: Boolean(video?.output && video.processing_result),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Edits that are being made, with everything that was done before, to be undone. */
export function useEdits(stored: readonly CutEdit[]): [Edits, (change: Parameters<typeof editing>[1]) => void] {
  return useReducer(editing, { now: stored, before: [], after: [] });
}

/** A stretch of the original that is to be played as it will be: without what is cut. */
export interface Preview extends Span {
  cuts: readonly Span[];
}

/** Play a stretch of the original and leave out what is cut; `onEnd` hears when it is over, or when somebody stops it. */
export function usePreview(player: RefObject<HTMLVideoElement | null>, preview: Preview | null, onEnd: () => void) {
  useEffect(() => {
    const video = player.current;
    if (!video || !preview) return;
    let frame = 0;
    const step = () => {
      const place = video.currentTime;
      if (place >= preview.end_s) {
        video.pause();
        onEnd();
        return;
      }
      const next = skipTo(preview.cuts, place);
      // A seek takes a moment; another in the middle of it would begin it anew.
      if (next !== place && !video.seeking) video.currentTime = next;
      frame = requestAnimationFrame(step);
    };
    const begin = () => {
      video.currentTime = preview.start_s;
      // A browser may refuse to play; where the player stands is right all the same.
      video.play()?.catch(() => {});
      frame = requestAnimationFrame(step);
    };
    // Whoever stops it has heard enough.
    video.addEventListener("pause", onEnd);
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) begin();
    else video.addEventListener("loadedmetadata", begin, { once: true });
    return () => {
      cancelAnimationFrame(frame);
      video.removeEventListener("loadedmetadata", begin);
      video.removeEventListener("pause", onEnd);
    };
  }, [player, preview, onEnd]);
}
