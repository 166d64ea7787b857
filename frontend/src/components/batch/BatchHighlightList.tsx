import { Link } from "react-router";
import { Reasons } from "@/components/batch/HighlightTimeline";
import { Card, CardBody } from "@/components/ui/card";
import { Collapsible } from "@/components/ui/collapsible";
import { useBatchHighlights } from "@/hooks/words";
import { formatDuration, plural } from "@/lib/format";
import type { BatchJob } from "@/types/batch";

/** The best passages of all videos of a batch. */
export function BatchHighlightList({ batch, open }: { batch: BatchJob; open?: boolean }) {
  const { data } = useBatchHighlights(batch);
  if (!data || data.total === 0) return null;
  return (
    <Card>
      <CardBody className="py-3">
        <Collapsible title="Highlights" defaultOpen={open} aside={plural(data.total, "passage")}>
          <ol className="grid gap-3" aria-label="Highlights of the batch">
            {data.highlights.map(({ rank, video_id, video_name, highlight }) => (
              <li key={rank} className="flex gap-3 text-sm">
                <span className="numbers w-6 shrink-0 text-right text-muted">{rank}.</span>
                <div className="grid min-w-0 gap-1.5">
                  <Link
                    to={`/videos/${video_id}?batch=${batch.id}&t=${highlight.start_s}`}
                    className="truncate font-medium hover:underline"
                  >
                    {video_name} at {formatDuration(highlight.start_s)}
                  </Link>
                  {highlight.text && <p>{highlight.text}</p>}
                  <Reasons of={highlight} />
                </div>
              </li>
            ))}
          </ol>
        </Collapsible>
      </CardBody>
    </Card>
  );
}
