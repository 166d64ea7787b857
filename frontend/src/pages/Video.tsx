import { ArrowLeft, Download, FileVideo } from "lucide-react";
import { lazy, Suspense, useCallback, useRef, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { AboutVideo, Batches } from "@/components/batch/AboutVideo";
import { HighlightTimeline } from "@/components/batch/HighlightTimeline";
import { Player } from "@/components/batch/Player";
import { RemoveVideo } from "@/components/batch/RemoveVideo";
import { TranscriptPanel } from "@/components/batch/TranscriptPanel";
import { Beside } from "@/components/cuts/Beside";
import { Unplayable } from "@/components/cuts/Unplayable";
import { Page } from "@/components/layout/Page";
import { Empty, Failure } from "@/components/layout/States";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { RadioGroup } from "@/components/ui/radio-group";
import { Skeleton } from "@/components/ui/skeleton";
import { useBatchJob } from "@/hooks/batches";
import { type Preview, useCuts, usePreview } from "@/hooks/cuts";
import { useLasting } from "@/hooks/lasting";
import { useOriginal } from "@/hooks/original";
import { useVideo } from "@/hooks/videos";
import { useHighlights, useTranscript } from "@/hooks/words";
import { cn } from "@/lib/cn";
import { onOutput, onSource } from "@/lib/cuts";
import type { BatchJob, BatchVideo, Video as VideoView } from "@/types/batch";

const CutEditor = lazy(() => import("@/components/cuts/CutEditor"));

export function Video() {
  const { id = "" } = useParams();
  const [params] = useSearchParams();
  const { data: video, error, isFetching, refetch } = useVideo(id);
  const batchId = params.get("batch") ?? video?.batches?.[0]?.batch_job_id ?? null;
  return (
    <Page
      title={video?.name ?? "Video"}
      heading={
        <>
          <Link
            to={params.get("batch") ? `/batches/${params.get("batch")}` : "/videos"}
            className="mb-3 flex w-fit items-center gap-1.5 text-muted text-sm hover:text-foreground"
          >
            <ArrowLeft className="size-4" aria-hidden />
            {params.get("batch") ? "Back to the batch" : "Library"}
          </Link>
          <h1 className="break-words font-semibold text-2xl tracking-tight">{video?.name ?? "Video"}</h1>
        </>
      }
    >
      {error && !video && (
        <Card>
          <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
        </Card>
      )}
      {!video && !error && <Skeleton className="aspect-video w-full max-w-3xl rounded-xl" />}
      {video && (batchId ? <InBatch video={video} batchId={batchId} /> : <Shown video={video} made={null} />)}
    </Page>
  );
}

function InBatch({ video, batchId }: { video: VideoView; batchId: string }) {
  const { data: batch } = useBatchJob(batchId);
  return <Shown video={video} batch={batch} made={batch?.videos.find((one) => one.video_id === video.id) ?? null} />;
}

function Shown({ video, batch, made }: { video: VideoView; batch?: BatchJob; made: BatchVideo | null }) {
  const [wanted, setWanted] = useState<"output" | "source" | "both" | null>(null);
  const output = useLasting(made?.output_video_url ?? null);
  const version = wanted ?? (output ? "output" : "source");
  const shows = version === "source" ? "source" : "output";
  const original = useOriginal(video, wanted === "source" || wanted === "both");
  const url = shows === "output" ? output : original.url;
  const stored = shows === "output" ? output : video.source_url;
  const { data: transcript } = useTranscript(made);
  const { data: highlights } = useHighlights(made);
  const [params] = useSearchParams();
  const from = Number.parseFloat(params.get("t") ?? "0") || 0;
  const player = useRef<HTMLVideoElement>(null);
  const [at, setAt] = useState(from);
  const { data: cuts } = useCuts(made);
  const [preview, setPreview] = useState<Preview | null>(null);
  const over = useCallback(() => setPreview(null), []);
  usePreview(player, shows === "source" && url ? preview : null, over);
  const seek = useCallback((seconds: number) => {
    if (!player.current) return;
    setAt(seconds);
    player.current.currentTime = seconds;
    // A browser may refuse to play; where the player stands is right all the same.
    player.current.play()?.catch(() => {});
  }, []);
  const show = (next: "output" | "source" | "both") => {
    // The same moment in the other version.
    const timeline = next === "source" ? "source" : "output";
    if (cuts && timeline !== shows) setAt(timeline === "output" ? onOutput(cuts.cuts, at) : onSource(cuts.cuts, at));
    setPreview(null);
    setWanted(next);
  };
  const result = made?.processing_result;
  const length = (shows === "output" ? result?.output_s : result?.source_s) ?? 0;
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid content-start gap-3">
        <div className={cn("grid items-start gap-3", version === "both" && "sm:grid-cols-2")}>
          <div className="aspect-video overflow-hidden rounded-xl border border-line bg-black">
            {url ? (
              <Player
                key={url}
                player={player}
                url={url}
                poster={video.thumbnail_url}
                segments={transcript?.transcript.segments}
                language={transcript?.transcript.language}
                timeline={shows}
                from={at}
                onTime={setAt}
                onUnplayable={shows === "source" ? original.onUnplayable : undefined}
              />
            ) : shows === "source" && video.source_url ? (
              <Unplayable original={original} />
            ) : (
              <div className="grid size-full place-items-center bg-sunken">
                <Empty
                  icon={FileVideo}
                  title={video.status === "rejected" ? "This file was refused" : "There is nothing to play yet"}
                >
                  {video.status === "rejected"
                    ? video.error_message
                    : "It can be played once it was uploaded and checked."}
                </Empty>
              </div>
            )}
          </div>
          {version === "both" && cuts && original.url && (
            <Beside
              key={output}
              leader={player}
              url={original.url}
              cuts={cuts.cuts}
              onUnplayable={original.onUnplayable}
            />
          )}
          {version === "both" && cuts && !original.url && (
            <div className="aspect-video overflow-hidden rounded-xl border border-line">
              <Unplayable original={original} />
            </div>
          )}
        </div>
        <div className="flex flex-wrap items-center justify-between gap-3">
          {output && video.source_url ? (
            <RadioGroup
              label="Version"
              value={version}
              onChange={show}
              choices={[
                { value: "output", label: "Result" },
                { value: "source", label: "Original" },
                ...(cuts ? [{ value: "both" as const, label: "Side by side" }] : []),
              ]}
            />
          ) : (
            <span />
          )}
          {stored && (
            <Button asChild variant="outline">
              <a href={stored} download>
                <Download aria-hidden />
                Download {shows === "output" ? "result" : "original"}
              </a>
            </Button>
          )}
        </div>
        {made?.error_message && ["failed", "completed"].includes(made.status) && (
          <Alert
            live={false}
            tone={made.status === "failed" ? "bad" : "busy"}
            title={made.status === "failed" ? "It could not be processed" : "It was not rendered again"}
          >
            {made.error_message}
          </Alert>
        )}
        {result && result.warnings.length > 0 && (
          <Alert tone="busy" live={false} title="Worth a look">
            {result.warnings.map((warning) => (
              <p key={warning}>{warning}</p>
            ))}
          </Alert>
        )}
        {made && batch && cuts && (
          <Suspense fallback={<Skeleton className="h-96 rounded-xl" />}>
            <CutEditor
              of={cuts}
              batch={batch}
              video={made}
              at={shows === "source" ? at : onSource(cuts.cuts, at)}
              onSeek={(seconds) => seek(shows === "source" ? seconds : onOutput(cuts.cuts, seconds))}
              onPreview={(wanted) => {
                if (video.source_url) setWanted("source");
                setPreview(wanted);
              }}
            />
          </Suspense>
        )}
        {highlights && <HighlightTimeline of={highlights} timeline={shows} duration={length} at={at} onSeek={seek} />}
        {transcript && <TranscriptPanel of={transcript} timeline={shows} at={at} onSeek={seek} />}
      </div>
      <div className="grid content-start gap-4">
        <Batches video={video} />
        <AboutVideo video={video} made={made} />
        <RemoveVideo video={video} />
      </div>
    </div>
  );
}
