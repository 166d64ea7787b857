import { CircleAlert, Sparkles, TriangleAlert } from "lucide-react";
import { Link } from "react-router";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardTitle } from "@/components/ui/card";
import { Table, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatDuration, formatSpan, plural } from "@/lib/format";
import { VIDEO_STATUS } from "@/lib/status";
import type { BatchReport } from "@/types/batch";

interface Props {
  report: BatchReport;
}

type VideoReport = BatchReport["videos"][number];

const pageOf = (report: BatchReport, video: VideoReport) => `/videos/${video.video_id}?batch=${report.batch_job_id}`;

/** The time saved, and what it took. */
export function ReportTotals({ report }: Props) {
  const percent = report.source_s > 0 ? Math.round((100 * report.output_s) / report.source_s) : 100;
  const counts = [
    plural(report.completed_videos, "video"),
    report.failed_videos > 0 && `${report.failed_videos} failed`,
    report.cancelled_videos > 0 && `${report.cancelled_videos} cancelled`,
    report.highlights > 0 && plural(report.highlights, "highlight"),
  ].filter((part) => part !== false);
  return (
    <Card>
      <CardBody className="grid gap-6 py-6 sm:grid-cols-[auto_minmax(0,1fr)] sm:gap-10">
        <div>
          <p className="text-muted text-sm">Time saved</p>
          <p className="numbers font-semibold text-4xl tracking-tight">
            {report.saved_s >= 1 ? formatSpan(report.saved_s) : "0 s"}
          </p>
          <p className="mt-1 text-muted text-sm">{counts.join(", ")}</p>
        </div>
        <div className="numbers grid content-center gap-2.5 text-sm">
          <dl className="grid gap-2.5">
            <Length
              name="Before"
              seconds={report.source_s}
              percent={report.source_s > 0 ? 100 : 0}
              tone="bg-line-strong"
            />
            <Length
              name="After"
              seconds={report.output_s}
              percent={report.source_s > 0 ? percent : 0}
              tone="bg-good-bar"
            />
          </dl>
          <dl className="flex flex-wrap gap-x-6 gap-y-1 pt-1 text-muted">
            <Fact name="Processing" value={formatSpan(report.processing_s)} />
            {report.elapsed_s !== null && <Fact name="From start to end" value={formatSpan(report.elapsed_s)} />}
          </dl>
        </div>
      </CardBody>
    </Card>
  );
}

function Length({ name, seconds, percent, tone }: { name: string; seconds: number; percent: number; tone: string }) {
  return (
    <div className="grid grid-cols-[3.5rem_minmax(0,1fr)_4.5rem] items-center gap-3">
      <dt className="text-muted">{name}</dt>
      <dd className="col-span-2 grid grid-cols-subgrid items-center">
        <span className="h-3 overflow-hidden rounded-full bg-sunken" aria-hidden>
          <span className={`block h-full rounded-full ${tone}`} style={{ width: `${percent}%` }} />
        </span>
        <span className="text-right font-semibold">{formatDuration(seconds)}</span>
      </dd>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex gap-2">
      <dt>{name}</dt>
      <dd className="font-medium text-foreground">{value}</dd>
    </div>
  );
}

/** What a person should look at: failures with what to do about them, then warnings. */
export function ReportRemarks({ report }: Props) {
  const failed = report.videos.filter((video) => video.error_message);
  const warned = report.videos.flatMap((video) => video.warnings.map((text) => ({ video, text })));
  if (failed.length + warned.length === 0) return null;
  return (
    <Card>
      <CardBody>
        <CardTitle>To look at</CardTitle>
        <ul className="mt-3 grid gap-3 text-sm" aria-label="To look at">
          {failed.map((video) => (
            <li key={video.video_id} className="flex gap-3">
              <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
              <p className="min-w-0 break-words">
                <Link to={pageOf(report, video)} className="font-medium hover:underline">
                  {video.name}
                </Link>{" "}
                failed: {video.error_message} <span className="text-muted">{video.what_to_do}</span>
              </p>
            </li>
          ))}
          {warned.map(({ video, text }) => (
            <li key={`${video.video_id} ${text}`} className="flex gap-3">
              <TriangleAlert className="mt-0.5 size-4 shrink-0 text-busy" aria-hidden />
              <p className="min-w-0 break-words">
                <Link to={pageOf(report, video)} className="font-medium hover:underline">
                  {video.name}
                </Link>
                : {text}
              </p>
            </li>
          ))}
        </ul>
      </CardBody>
    </Card>
  );
}

/** Each video before and after. */
export function ReportTable({ report }: Props) {
  return (
    // Scrolls by itself on a narrow screen; reachable with the keyboard for that.
    <section
      aria-label="Videos"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls has to be reached to be scrolled
      tabIndex={0}
      className="overflow-x-auto rounded-xl border border-line bg-surface shadow-card"
    >
      <Table className="min-w-136">
        <TableHead>
          <tr>
            <TableHeader>Video</TableHeader>
            <TableHeader className="text-right">Before</TableHeader>
            <TableHeader className="text-right">After</TableHeader>
            <TableHeader className="text-right">Saved</TableHeader>
            <TableHeader>Found</TableHeader>
          </tr>
        </TableHead>
        <tbody>
          {report.videos.map((video) => (
            <TableRow key={video.video_id} data-report={video.video_id}>
              <TableCell className="min-w-48 max-w-96 break-words font-medium">
                <Link to={pageOf(report, video)} className="hover:underline">
                  {video.name}
                </Link>
              </TableCell>
              <TableCell className="numbers text-right">{formatDuration(video.source_s)}</TableCell>
              <TableCell className="numbers text-right">
                {video.output_s === null ? (
                  <Badge tone={VIDEO_STATUS[video.status].tone}>{VIDEO_STATUS[video.status].label}</Badge>
                ) : (
                  formatDuration(video.output_s)
                )}
              </TableCell>
              <TableCell className="numbers text-right">
                {video.saved_s >= 1 ? formatSpan(video.saved_s) : "–"}
              </TableCell>
              <TableCell>
                <span className="flex flex-wrap gap-1.5">
                  {!!video.highlights && (
                    <Badge tone="primary">
                      <Sparkles aria-hidden />
                      {plural(video.highlights, "highlight")}
                    </Badge>
                  )}
                  {video.warnings.length > 0 && <Badge tone="busy">{plural(video.warnings.length, "warning")}</Badge>}
                </span>
              </TableCell>
            </TableRow>
          ))}
        </tbody>
      </Table>
    </section>
  );
}
