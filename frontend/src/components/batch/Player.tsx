import { type RefObject, useEffect } from "react";
import { type Timeline, timesOf } from "@/lib/transcript";
import type { TranscriptSegment } from "@/types/batch";

interface Props {
  player: RefObject<HTMLVideoElement | null>;
  url: string;
  poster?: string | null;
  /** What is shown as subtitles, when they are switched on. */
  segments?: readonly TranscriptSegment[];
  timeline: Timeline;
  language?: string | null;
  /** Where to begin, in seconds. */
  from?: number;
  onTime: (seconds: number) => void;
  /** Hears that this browser cannot play it. */
  onUnplayable?: () => void;
}

/** A video with its subtitles, that tells where it is. */
export function Player({ player, url, poster, segments, timeline, language, from, onTime, onUnplayable }: Props) {
  useEffect(() => {
    // A track that was added stays: there must be none before there is something to show.
    const track = segments && player.current?.addTextTrack?.("subtitles", "Subtitles", language ?? "");
    if (!track) return;
    // Made here rather than loaded: the store is another place, from which a page gets no subtitles.
    for (const segment of segments) {
      const { start, end } = timesOf(segment, timeline);
      const cue = new VTTCue(start, Math.max(end, start + 0.2), "");
      cue.text = segment.text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
      track.addCue(cue);
    }
    track.mode = "hidden";
    return () => {
      track.mode = "disabled";
    };
  }, [player, segments, timeline, language]);
  return (
    // biome-ignore lint/a11y/useMediaCaption: subtitles are added as a text track above.
    <video
      ref={player}
      src={url}
      poster={poster ?? undefined}
      controls
      preload="metadata"
      className="size-full"
      onLoadedMetadata={(event) => {
        if (from) event.currentTarget.currentTime = from;
      }}
      onError={onUnplayable}
      onTimeUpdate={(event) => onTime(event.currentTarget.currentTime)}
      onSeeked={(event) => onTime(event.currentTarget.currentTime)}
    />
  );
}
