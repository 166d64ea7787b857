import { Play, Sparkles } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { formatDuration, plural } from "@/lib/format";
import type { Timeline } from "@/lib/transcript";
import type { Highlight, Highlights } from "@/types/batch";

interface Props {
  of: Highlights;
  timeline: Timeline;
  /** Of what is played, in seconds. */
  duration: number;
  at: number;
  onSeek: (seconds: number) => void;
}

const span = (one: Highlight, timeline: Timeline) =>
  timeline === "output" ? [one.start_s, one.end_s] : [one.source_start_s, one.source_end_s];

/** The highlights of a video along its length, each with its reasons; they play from there. */
export function HighlightTimeline({ of, timeline, duration, at, onSeek }: Props) {
  const highlights = of.highlights;
  const percent = (seconds: number) => `${Math.min(100, (100 * seconds) / Math.max(duration, 0.1))}%`;
  return (
    <Card>
      <CardHeader>
        <CardTitle>{plural(highlights.length, "highlight")}</CardTitle>
        <span className="text-muted text-xs">Sensitivity {of.sensitivity}</span>
      </CardHeader>
      <CardBody className="grid gap-4">
        {highlights.length > 0 && (
          <div className="relative h-6 overflow-hidden rounded-md bg-sunken" aria-hidden data-testid="highlight-bar">
            {highlights.map((one) => {
              const [start = 0, end = 0] = span(one, timeline);
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the list below does the same for the keyboard.
                // biome-ignore lint/a11y/noStaticElementInteractions: the same.
                <span
                  key={one.source_start_s}
                  title={one.reasons.map((reason) => reason.sentence).join(" ")}
                  onClick={() => onSeek(start)}
                  className="absolute inset-y-0 min-w-1 cursor-pointer rounded-sm bg-primary"
                  style={{
                    left: percent(start),
                    width: percent(end - start),
                    opacity: 0.45 + Math.min(one.score, 3) / 6,
                  }}
                />
              );
            })}
            <span className="absolute inset-y-0 w-0.5 bg-foreground" style={{ left: percent(at) }} />
          </div>
        )}
        <ol className="grid gap-3" aria-label="Highlights">
          {highlights.map((one) => {
            const [start = 0, end = 0] = span(one, timeline);
            return (
              <li key={one.source_start_s} className="flex gap-3">
                <Button
                  variant="outline"
                  size="small"
                  className="numbers shrink-0"
                  aria-label={`Play the highlight at ${formatDuration(start)}`}
                  onClick={() => onSeek(start)}
                >
                  <Play aria-hidden />
                  {formatDuration(start)}–{formatDuration(end)}
                </Button>
                <div className="grid min-w-0 gap-1.5">
                  {one.text && <p className="text-sm">{one.text}</p>}
                  <Reasons of={one} />
                </div>
              </li>
            );
          })}
        </ol>
        {highlights.length === 0 && (
          <p className="flex items-center gap-2 text-muted text-sm">
            <Sparkles className="size-4" aria-hidden />
            Nothing stood out at this sensitivity.
          </p>
        )}
        {of.notes.map((note) => (
          <p key={note} className="text-muted text-xs">
            {note}
          </p>
        ))}
      </CardBody>
    </Card>
  );
}

/** Why a passage is a highlight. */
export function Reasons({ of }: { of: Highlight }) {
  return (
    <ul className="flex flex-wrap gap-1.5" aria-label="Reasons">
      {of.reasons.map((reason) => (
        <li key={reason.why}>
          <Badge tone="primary">{reason.sentence.replace(/\.$/, "")}</Badge>
        </li>
      ))}
    </ul>
  );
}
