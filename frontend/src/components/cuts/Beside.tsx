import { type RefObject, useEffect, useRef } from "react";
import { onSource, type Span } from "@/lib/cuts";

interface Props {
  /** The player of the result, which this follows. */
  leader: RefObject<HTMLVideoElement | null>;
  /** Of the original. */
  url: string;
  cuts: readonly Span[];
  /** Hears that this browser cannot play it. */
  onUnplayable?: () => void;
}

/** So far apart, in seconds, nobody sees that the two are not at the same place. */
const CLOSE_S = 0.1;

/** The original beside the result: silent, always at the same moment, jumping where something was cut. */
export function Beside({ leader, url, cuts, onUnplayable }: Props) {
  const follower = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const [first, second] = [leader.current, follower.current];
    if (!first || !second) return;
    const follow = () => {
      const place = onSource(cuts, first.currentTime);
      if (Math.abs(second.currentTime - place) > CLOSE_S && !second.seeking) second.currentTime = place;
      second.playbackRate = first.playbackRate;
      if (first.paused !== second.paused) {
        if (first.paused) second.pause();
        else second.play()?.catch(() => {});
      }
    };
    const events = ["timeupdate", "seeked", "play", "pause", "ratechange", "loadedmetadata"];
    for (const event of events) first.addEventListener(event, follow);
    second.addEventListener("loadedmetadata", follow);
    follow();
    return () => {
      for (const event of events) first.removeEventListener(event, follow);
      second.removeEventListener("loadedmetadata", follow);
    };
  }, [leader, cuts]);
  return (
    <figure className="grid gap-1.5">
      <video
        ref={follower}
        src={url}
        muted
        playsInline
        preload="metadata"
        tabIndex={-1}
        onError={onUnplayable}
        aria-label="Original, at the same moment"
        className="aspect-video w-full rounded-xl border border-line bg-black"
      />
      <figcaption className="text-muted text-xs">Original, at the same moment</figcaption>
    </figure>
  );
}
