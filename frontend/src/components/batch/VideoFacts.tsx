import type { ReactNode } from "react";
import { When } from "@/components/layout/When";
import { Alert } from "@/components/ui/alert";
import { formatBytes, formatDuration, formatSpan, plural } from "@/lib/format";
import type { BatchVideo } from "@/types/batch";

/** Everything that is known of a video of a batch. */
export function VideoFacts({ video }: { video: BatchVideo }) {
  const result = video.processing_result;
  const took =
    video.started_at && video.completed_at
      ? (Date.parse(video.completed_at) - Date.parse(video.started_at)) / 1000
      : null;
  const facts: [string, ReactNode][] = [
    ["Uploaded", video.uploaded_at && <When at={video.uploaded_at} />],
    ["Started", video.started_at && <When at={video.started_at} />],
    ["Processing time", took !== null && formatSpan(took)],
    ["Length", result && `${formatDuration(result.source_s)} → ${formatDuration(result.output_s)}`],
    [
      "Silence removed",
      result &&
        result.silence_removed_s > 0 &&
        `${formatDuration(result.silence_removed_s)} in ${plural(result.cuts, "cut")}`,
    ],
    ["Output", video.output && formatBytes(video.output.size_bytes)],
    ["Picture", result?.facts && `${result.facts.width} × ${result.facts.height}`],
    ["Tries", video.attempt > 0 && `${video.attempt}`],
    ["Next try", video.next_try_at && <When at={video.next_try_at} />],
  ];
  return (
    <div className="grid gap-3 rounded-lg bg-sunken/60 p-4 text-sm">
      {video.error_message && (
        <Alert
          live={false}
          tone={video.status === "failed" ? "bad" : "busy"}
          title={video.status === "failed" ? "Why it failed" : "What happened last"}
        >
          {video.error_message}
        </Alert>
      )}
      {result?.warnings.map((warning) => (
        <Alert key={warning} live={false} tone="busy">
          {warning}
        </Alert>
      ))}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-4">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt className="text-muted text-xs">{name}</dt>
                <dd className="numbers">{value}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}
