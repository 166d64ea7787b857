import { Redo2, RotateCcw, RotateCw, Undo2, ZoomIn, ZoomOut } from "lucide-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { CutRows } from "@/components/cuts/CutRows";
import { SelectionFields } from "@/components/cuts/SelectionFields";
import { Waveform } from "@/components/cuts/Waveform";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Collapsible } from "@/components/ui/collapsible";
import { Progress } from "@/components/ui/progress";
import { Slider } from "@/components/ui/slider";
import { useBatchAction } from "@/hooks/batch-actions";
import { type Preview, useEdits } from "@/hooks/cuts";
import { cutsAfter, lengthAfter, moment, type Span, sameEdits, sparedBy, turned, withEdit, without } from "@/lib/cuts";
import { plural } from "@/lib/format";
import type { BatchJob, BatchVideo, CutEdit, Stretch, VideoCuts } from "@/types/batch";

interface Props {
  of: VideoCuts;
  batch: BatchJob;
  video: BatchVideo;
  /** Where the player is, in seconds of the original. */
  at: number;
  onSeek: (seconds: number) => void;
  /** Play a stretch of the original as it will be. */
  onPreview: (preview: Preview) => void;
}

const AROUND_S = 1.5;
const SHORTEST_VIEW_S = 4;

/** What was cut of a video and why; to be heard, kept, cut, and rendered again. */
export default function CutEditor({ of, batch, video, at, onSeek, onPreview }: Props) {
  const [edits, change] = useEdits(of.edits);
  // A new output has edits of its own.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says when there are others.
  useEffect(() => change({ load: of.edits }), [of.version]);
  const [selection, setSelection] = useState<Span | null>(null);
  const [zoom, setZoom] = useState(1);
  const [begin, setBegin] = useState(0);
  const { mutate, isPending } = useBatchAction();

  const cuts = cutsAfter(of.automatic, edits.now);
  const byHand = edits.now.filter((edit) => edit.action === "cut");
  const spared = [
    ...without(
      of.protected.filter((one) => one.why !== "by_hand"),
      byHand,
    ),
    ...sparedBy(of.automatic, edits.now),
  ].sort((a, b) => a.start_s - b.start_s);
  const length = of.source_s / zoom;
  const start_s = Math.min(Math.max(begin, 0), of.source_s - length);
  const view = { start_s, end_s: start_s + length };

  const waits = video.status !== "completed";
  const disabled = waits || isPending;
  const same = sameEdits(edits.now, of.edits);
  const result = lengthAfter(of, cuts);
  const set = (to: CutEdit[]) => change({ to });
  const act = (action: CutEdit["action"], span: Span) => set(withEdit(edits.now, { ...span, action }));
  const turn = (one: Stretch, action: CutEdit["action"]) => set(turned(edits.now, one, action));
  const hear = (span: Span) =>
    onPreview({
      start_s: Math.max(0, span.start_s - AROUND_S),
      end_s: Math.min(of.source_s, span.end_s + AROUND_S),
      cuts,
    });
  const look = (seconds: number, closer = zoom) => {
    const shown = of.source_s / closer;
    if (closer !== zoom || seconds < start_s || seconds > start_s + shown) setBegin(seconds - shown / 2);
    setZoom(closer);
  };
  const seek = (seconds: number) => {
    look(seconds);
    onSeek(seconds);
  };
  const closest = () => cuts.find((cut) => at < cut.end_s + 0.05) ?? cuts.at(-1);
  const furthest = Math.max(1, 2 ** Math.ceil(Math.log2(of.source_s / SHORTEST_VIEW_S)));
  const actions: Record<string, (event: KeyboardEvent) => void> = {
    PageDown: () => seek(cuts.find((cut) => cut.start_s > at + 0.05)?.start_s ?? at),
    PageUp: () => seek(cuts.findLast((cut) => cut.start_s < at - 0.05)?.start_s ?? at),
    "[": () => setSelection({ start_s: at, end_s: Math.max(selection?.end_s ?? 0, at + 0.1) }),
    "]": () => setSelection({ start_s: Math.min(selection?.start_s ?? 0, at - 0.1), end_s: at }),
    "+": () => look(at, Math.min(furthest, zoom * 2)),
    "-": () => look(at, Math.max(1, zoom / 2)),
    x: () => selection && !disabled && act("cut", selection),
    k: () => selection && !disabled && act("keep", selection),
    j: () => closest() && hear(closest() as Stretch),
    z: (event) => change(event.shiftKey ? "redo" : "undo"),
  };
  const key = (name: string, event: KeyboardEvent) => {
    const action = actions[name.length === 1 ? name.toLowerCase() : name];
    if (!action || event.altKey || ((event.ctrlKey || event.metaKey) && name.toLowerCase() !== "z")) return false;
    action(event);
    return true;
  };
  return (
    <Card>
      <CardHeader>
        <CardTitle>{plural(cuts.length, "cut")}</CardTitle>
        <span className="numbers text-muted text-xs">{how(of)}</span>
      </CardHeader>
      <CardBody className="grid gap-4">
        {waits && (
          <Alert
            tone="info"
            live={false}
            title="It is being rendered again"
            action={<span className="numbers">{video.progress_percentage} %</span>}
          >
            <Progress value={video.progress_percentage} label="Rendering again" className="my-1.5" />
            The result that is here stays until the new one is stored.
          </Alert>
        )}
        <div className="grid gap-2">
          <Waveform
            peaks={of.peaks}
            duration={of.source_s}
            view={view}
            cuts={cuts}
            spared={spared}
            selection={selection}
            at={at}
            onSeek={seek}
            onSelect={setSelection}
            onKey={key}
          />
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted text-xs">
            <span className="numbers">
              {moment(view.start_s)} – {moment(view.end_s)}
            </span>
            <Legend />
            <span className="ml-auto flex items-center gap-1">
              <Button
                variant="ghost"
                size="icon-small"
                aria-label="Show more of it"
                onClick={() => look(at, Math.max(1, zoom / 2))}
                disabled={zoom === 1}
              >
                <ZoomOut aria-hidden />
              </Button>
              <Button
                variant="ghost"
                size="icon-small"
                aria-label="Look closer"
                onClick={() => look(at, Math.min(furthest, zoom * 2))}
                disabled={zoom >= furthest}
              >
                <ZoomIn aria-hidden />
              </Button>
            </span>
          </div>
          {zoom > 1 && (
            <Slider
              label="Part that is shown"
              min={0}
              max={Math.max(0.1, of.source_s - length)}
              step={length / 10}
              value={start_s}
              valueText={`from ${moment(view.start_s)} to ${moment(view.end_s)}`}
              onChange={setBegin}
            />
          )}
          <p id="waveform-keys" className="text-muted text-xs">
            Click to seek, draw to select. Keys: arrows move, Page up and down go from cut to cut, [ and ] select, X
            cuts, K keeps, J plays the join, Z undoes, + and − zoom.
          </p>
        </div>
        <SelectionFields
          selection={selection}
          duration={of.source_s}
          disabled={disabled}
          onSelect={setSelection}
          onDo={act}
          onHear={hear}
        />
        <div className="flex flex-wrap items-center gap-2 border-line border-t pt-4">
          <Button variant="outline" size="small" disabled={edits.before.length === 0} onClick={() => change("undo")}>
            <Undo2 aria-hidden />
            Undo
          </Button>
          <Button variant="outline" size="small" disabled={edits.after.length === 0} onClick={() => change("redo")}>
            <Redo2 aria-hidden />
            Redo
          </Button>
          <Button variant="outline" size="small" disabled={edits.now.length === 0 || disabled} onClick={() => set([])}>
            <RotateCcw aria-hidden />
            Back to automatic
          </Button>
          <span className="ml-auto flex items-center gap-3">
            <span className="numbers text-sm" aria-live="polite">
              Result {moment(result)}
              {!same && <span className="text-muted"> (now {moment(of.output_s)})</span>}
            </span>
            <Button
              size="small"
              busy={isPending}
              disabled={same || waits || result < 0.1}
              onClick={() =>
                mutate({ kind: "cuts", batch, videoId: video.video_id, version: of.version, edits: [...edits.now] })
              }
            >
              <RotateCw aria-hidden />
              Render again
            </Button>
          </span>
        </div>
        <CutRows
          label="Cuts"
          stretches={cuts}
          cut
          disabled={disabled}
          onHear={hear}
          onTurn={(one) => turn(one, "keep")}
        />
        {spared.length > 0 && (
          <Collapsible title="Kept although quiet" aside={String(spared.length)}>
            <CutRows
              label="Kept although quiet"
              stretches={spared}
              cut={false}
              disabled={disabled}
              onHear={hear}
              onTurn={(one) => turn(one, "cut")}
            />
          </Collapsible>
        )}
      </CardBody>
    </Card>
  );
}

/** By what it was cut, in words. */
function how(of: VideoCuts): string {
  if (of.mode === "speech") return "By speech: whatever is not speech goes";
  if (of.mode === "loudness") return `By loudness: what is quieter than ${of.threshold_db ?? "?"} dB goes`;
  return "Silence was not removed";
}

function Legend() {
  return (
    <span className="flex flex-wrap gap-x-3 gap-y-1">
      <span className="flex items-center gap-1.5">
        <span className="size-2.5 rounded-sm bg-primary" aria-hidden /> kept
      </span>
      <span className="flex items-center gap-1.5">
        <span className="size-2.5 rounded-sm border border-bad-bar bg-bad-soft" aria-hidden /> cut
      </span>
      <span className="flex items-center gap-1.5">
        <span className="h-1 w-2.5 rounded-sm bg-good-bar" aria-hidden /> kept although quiet
      </span>
    </span>
  );
}
