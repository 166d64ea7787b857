import { ArrowLeft, Download, FileVideo, ListVideo } from "lucide-react";
import { type ReactNode, useCallback, useRef, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { HighlightTimeline } from "@/components/batch/HighlightTimeline";
import { Player } from "@/components/batch/Player";
import { RemoveVideo } from "@/components/batch/RemoveVideo";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { TranscriptPanel } from "@/components/batch/TranscriptPanel";
import { Page } from "@/components/layout/Page";
import { Empty, Failure } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { RadioGroup } from "@/components/ui/radio-group";
import { Skeleton } from "@/components/ui/skeleton";
import { useBatchJob } from "@/hooks/batches";
import { useVideo } from "@/hooks/videos";
import { useHighlights, useTranscript } from "@/hooks/words";
import { formatBytes, formatDuration, plural } from "@/lib/format";
import type { BatchVideo, Video as VideoView } from "@/types/batch";

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
  return <Shown video={video} made={batch?.videos.find((one) => one.video_id === video.id) ?? null} />;
}

function Shown({ video, made }: { video: VideoView; made: BatchVideo | null }) {
  const [wanted, setWanted] = useState<"output" | "source" | null>(null);
  const output = made?.output_video_url ?? null;
  const shows = wanted ?? (output ? "output" : "source");
  const url = shows === "output" ? output : (video.source_url ?? null);
  const { data: transcript } = useTranscript(made);
  const { data: highlights } = useHighlights(made);
  const [params] = useSearchParams();
  const from = Number.parseFloat(params.get("t") ?? "0") || 0;
  const player = useRef<HTMLVideoElement>(null);
  const [at, setAt] = useState(from);
  const seek = useCallback((seconds: number) => {
    if (!player.current) return;
    setAt(seconds);
    player.current.currentTime = seconds;
    // A browser may refuse to play; where the player stands is right all the same.
    player.current.play()?.catch(() => {});
  }, []);
  const result = made?.processing_result;
  const length = (shows === "output" ? result?.output_s : result?.source_s) ?? 0;
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid content-start gap-3">
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
              from={shows === "output" ? from : 0}
              onTime={setAt}
            />
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
        <div className="flex flex-wrap items-center justify-between gap-3">
          {output && video.source_url ? (
            <RadioGroup
              label="Version"
              value={shows}
              onChange={setWanted}
              choices={[
                { value: "output", label: "Result" },
                { value: "source", label: "Original" },
              ]}
            />
          ) : (
            <span />
          )}
          {url && (
            <Button asChild variant="outline">
              <a href={url} download>
                <Download aria-hidden />
                Download {shows === "output" ? "result" : "original"}
              </a>
            </Button>
          )}
        </div>
        {made?.status === "failed" && made.error_message && (
          <Alert live={false} title="It could not be processed">
            {made.error_message}
          </Alert>
        )}
        {highlights && <HighlightTimeline of={highlights} timeline={shows} duration={length} at={at} onSeek={seek} />}
        {transcript && <TranscriptPanel of={transcript} timeline={shows} at={at} onSeek={seek} />}
      </div>
      <div className="grid content-start gap-4">
        <Batches video={video} />
        <Card>
          <CardHeader>
            <CardTitle>About this video</CardTitle>
            <StatusBadge of="library" status={video.status} />
          </CardHeader>
          <CardBody>
            <Facts rows={factsOf(video, made)} />
          </CardBody>
        </Card>
        <RemoveVideo video={video} />
      </div>
    </div>
  );
}

function Batches({ video }: { video: VideoView }) {
  const batches = video.batches ?? [];
  if (batches.length === 0) return null;
  return (
    <Card>
      <CardHeader>
        <CardTitle>{plural(batches.length, "Batch", "Batches").replace("1 ", "")}</CardTitle>
      </CardHeader>
      <CardBody className="grid gap-2">
        {batches.map((batch) => (
          <Link
            key={batch.batch_job_id}
            to={`/batches/${batch.batch_job_id}`}
            className="flex items-center gap-2.5 rounded-lg border border-line px-3 py-2 text-sm hover:bg-sunken"
          >
            <ListVideo className="size-4 shrink-0 text-muted" aria-hidden />
            <span className="min-w-0 flex-1 truncate">{batch.batch_name}</span>
            <StatusBadge of="job" status={batch.batch_status} />
          </Link>
        ))}
      </CardBody>
    </Card>
  );
}

function factsOf(video: VideoView, made: BatchVideo | null): [string, ReactNode][] {
  const facts = video.facts;
  const result = made?.processing_result;
  const channels =
    facts &&
    (facts.audio_channels === 1 ? "mono" : facts.audio_channels === 2 ? "stereo" : `${facts.audio_channels} channels`);
  return [
    ["Length", facts && formatDuration(facts.duration_s)],
    ["Result", result && `${formatDuration(result.output_s)}, ${plural(result.cuts, "cut")}`],
    ["Silence removed", result && result.silence_removed_s > 0 && formatDuration(result.silence_removed_s)],
    ["Size", formatBytes(video.size_bytes)],
    ["Picture", facts && `${facts.width} × ${facts.height}, ${facts.video_codec}`],
    ["Sound", facts && (facts.audio_codec ? `${facts.audio_codec}, ${channels}` : "None")],
    ["Container", facts?.container],
    ["Uploaded", video.uploaded_at && <When key="uploaded" at={video.uploaded_at} />],
  ];
}

function Facts({ rows }: { rows: [string, ReactNode][] }) {
  return (
    <dl className="numbers grid gap-2 text-sm">
      {rows.map(
        ([name, value]) =>
          value && (
            <div key={name} className="flex justify-between gap-4">
              <dt className="text-muted">{name}</dt>
              <dd className="text-right">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
