import { Link } from "react-router";
import { Card, CardBody } from "@/components/ui/card";
import { Collapsible } from "@/components/ui/collapsible";
import { useBatchReport } from "@/hooks/batches";
import { formatDuration, formatSpan, plural } from "@/lib/format";
import type { BatchJob, BatchReport } from "@/types/batch";

/** What came of a batch that has ended: the time saved, the work it took, and what to do about failures. */
export function ReportSection({ batch }: { batch: BatchJob }) {
  const { data: report } = useBatchReport(batch);
  if (!report) return null;
  const remarks = report.videos.flatMap((video) => [
    ...(video.error_message ? [{ video, text: `${video.error_message} ${video.what_to_do ?? ""}`.trim() }] : []),
    ...video.warnings.map((text) => ({ video, text })),
  ]);
  return (
    <Card>
      <CardBody className="py-3">
        <Collapsible title="Report" aside={headline(report)}>
          <dl className="numbers grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-4">
            <Fact name="Before" value={formatDuration(report.source_s)} />
            <Fact name="After" value={formatDuration(report.output_s)} />
            <Fact name="Processing" value={formatSpan(report.processing_s)} />
            {report.elapsed_s !== null && <Fact name="From start to end" value={formatSpan(report.elapsed_s)} />}
          </dl>
          {remarks.length > 0 && (
            <ul className="mt-4 grid gap-2 border-line border-t pt-4 text-sm">
              {remarks.map(({ video, text }) => (
                <li key={`${video.video_id} ${text}`} className="break-words">
                  <span className="font-medium">{video.name}</span>: {text}
                </li>
              ))}
            </ul>
          )}
          <Link
            to={`/batches/${batch.id}/report`}
            className="mt-4 inline-block font-medium text-primary text-sm hover:underline"
          >
            Whole report
          </Link>
        </Collapsible>
      </CardBody>
    </Card>
  );
}

function headline(report: BatchReport): string {
  const saved = report.saved_s >= 1 ? `${formatSpan(report.saved_s)} saved in ` : "";
  const failed = report.failed_videos > 0 ? `, ${report.failed_videos} failed` : "";
  return `${saved}${plural(report.completed_videos, "video")}${failed}`;
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-semibold">{value}</dd>
    </div>
  );
}
