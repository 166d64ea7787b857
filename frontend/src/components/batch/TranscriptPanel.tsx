import { Download, Search } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { cn } from "@/lib/cn";
import { formatDuration, plural } from "@/lib/format";
import { currentWord, found, type Timeline, timesOf } from "@/lib/transcript";
import type { TranscriptSegment, VideoTranscript } from "@/types/batch";

interface Props {
  of: VideoTranscript;
  timeline: Timeline;
  /** Where the player is, in seconds. */
  at: number;
  onSeek: (seconds: number) => void;
}

const KINDS = ["srt", "vtt", "txt", "json"] as const;

/** What is said, following the player; a click plays from there. */
export function TranscriptPanel({ of, timeline, at, onSeek }: Props) {
  const [search, setSearch] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const segments = of.transcript.segments;
  const shown = segments.filter((segment) => found(segment.text, search));
  const current = segments.findLast((segment) => timesOf(segment, timeline).start <= at + 0.05);
  const currentId = current?.id ?? null;
  useEffect(() => {
    // Only the list itself is scrolled: the page stays where its reader is.
    const line = list.current?.querySelector<HTMLElement>(`[data-segment="${currentId}"]`);
    if (line && list.current) list.current.scrollTop = line.offsetTop - list.current.clientHeight / 3;
  }, [currentId]);
  return (
    <Card>
      <CardHeader>
        <CardTitle>Transcript</CardTitle>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls, and these are links. */}
        <span className="flex gap-1" role="group" aria-label="Download the transcript">
          {KINDS.map((kind) => {
            const url = of.downloads[kind];
            return (
              url && (
                <Button key={kind} asChild variant="ghost" size="small">
                  <a href={url} download aria-label={`Download as ${kind}`}>
                    {kind === "srt" && <Download aria-hidden />}
                    {kind}
                  </a>
                </Button>
              )
            );
          })}
        </span>
      </CardHeader>
      <CardBody className="grid gap-3">
        {segments.length === 0 ? (
          <p className="text-muted text-sm">Nobody was heard speaking in this video.</p>
        ) : (
          <>
            <div className="relative">
              <Search className="absolute top-2.5 left-2.5 size-4 text-muted" aria-hidden />
              <Input
                type="search"
                className="pl-8"
                aria-label="Search in the transcript"
                placeholder="Search"
                value={search}
                onChange={(event) => setSearch(event.target.value)}
              />
            </div>
            <p className="sr-only" aria-live="polite">
              {search && `${plural(shown.length, "sentence")} found`}
            </p>
            <ol ref={list} aria-label="Sentences" className="relative grid max-h-96 gap-0.5 overflow-y-auto">
              {shown.map((segment) => (
                <Line
                  key={segment.id}
                  segment={segment}
                  timeline={timeline}
                  word={segment.id === currentId ? currentWord(segment, timeline, at) : null}
                  search={search}
                  onSeek={onSeek}
                />
              ))}
            </ol>
            {shown.length === 0 && <p className="text-muted text-sm">Nothing that is said has “{search}” in it.</p>}
          </>
        )}
      </CardBody>
    </Card>
  );
}

interface LineProps {
  segment: TranscriptSegment;
  timeline: Timeline;
  /** The word that is heard now, when it is in this sentence: -1 before the first. */
  word: number | null;
  search: string;
  onSeek: (seconds: number) => void;
}

const Line = memo(function Line({ segment, timeline, word, search, onSeek }: LineProps) {
  const { start } = timesOf(segment, timeline);
  return (
    <li
      data-segment={segment.id}
      aria-current={word !== null ? "true" : undefined}
      className={cn("flex gap-2 rounded-lg px-2 py-1 text-sm", word !== null && "bg-primary-soft")}
    >
      <button
        type="button"
        className="numbers shrink-0 rounded text-left text-muted text-xs leading-5 hover:text-foreground"
        aria-label={`Play from ${formatDuration(start)}`}
        onClick={() => onSeek(start)}
      >
        {formatDuration(start)}
      </button>
      <p>
        {segment.words.map((each, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the time in front does it for the keyboard, by sentences.
          // biome-ignore lint/a11y/noStaticElementInteractions: the same.
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: words never change places.
            key={place}
            className={cn("cursor-pointer", place === word && "text-primary underline underline-offset-4")}
            onClick={() => onSeek(timesOf(each, timeline).start)}
          >
            {marked(each.word, search)}
          </span>
        ))}
      </p>
    </li>
  );
});

/** A word, and what of it was searched for in marks. */
function marked(word: string, search: string): ReactNode {
  const parts = search.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const hit = parts.some((part) => word.toLowerCase().includes(part));
  return hit ? <mark className="rounded bg-busy-soft text-foreground">{word}</mark> : word;
}
