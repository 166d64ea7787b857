import { ListVideo } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { When } from "@/components/layout/When";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { formatBytes, formatDuration, plural } from "@/lib/format";
import type { BatchVideo, Video } from "@/types/batch";

/** The batches that a video is in. */
export function Batches({ video }: { video: Video }) {
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

/** What is known of a video and its result. */
export function AboutVideo({ video, made }: { video: Video; made: BatchVideo | null }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>About this video</CardTitle>
        <StatusBadge of="library" status={video.status} />
      </CardHeader>
      <CardBody>
        <Facts rows={factsOf(video, made)} />
      </CardBody>
    </Card>
  );
}

function factsOf(video: Video, made: BatchVideo | null): [string, ReactNode][] {
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
