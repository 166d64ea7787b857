import { Link } from "react-router";
import { Failure } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody, CardTitle } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { useLimits } from "@/hooks/account";
import { useDeletions } from "@/hooks/insight";
import { formatBytes, formatLongDay, plural } from "@/lib/format";
import type { Deletions } from "@/types/batch";

const AHEAD_DAYS = 365;
const SHOWN = 5;

/** Which batches are deleted when, the next ones first. */
export function DeletionsCard() {
  const days = useLimits().limits.retention_days;
  const { data, error, isFetching, refetch } = useDeletions(AHEAD_DAYS);
  return (
    <Card>
      <CardBody className="grid gap-4 py-5">
        <div>
          <CardTitle>What will be deleted</CardTitle>
          <p className="mt-1 max-w-prose text-muted text-sm">
            {days > 0
              ? `A batch is deleted ${plural(days, "day")} after its end, with its videos, results and exports. You are told days before; using it, such as by an export, puts that off.`
              : "Your batches are kept until you delete them."}
          </p>
        </div>
        {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
        {!data && !error && <Skeleton className="h-16 rounded-lg" />}
        {data && data.batches === 0 && days > 0 && <p className="text-sm">Nothing, as things stand.</p>}
        {data && data.batches > 0 && <Next deletions={data} />}
      </CardBody>
    </Card>
  );
}

function Next({ deletions }: { deletions: Deletions }) {
  const rest = deletions.batches - SHOWN;
  return (
    <>
      <ul className="divide-y divide-line text-sm" aria-label="Deleted next">
        {deletions.deletions.slice(0, SHOWN).map((one) => (
          <li key={one.batch_job_id} className="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
            <Link to={`/batches/${one.batch_job_id}`} className="min-w-0 break-words font-medium hover:underline">
              {one.name}
            </Link>
            <span className="numbers flex flex-wrap items-center gap-x-3 text-muted">
              {plural(one.videos, "video")}
              {one.stored_bytes > 0 && `, ${formatBytes(one.stored_bytes)}`}
              {one.announced && <Badge tone="busy">Announced</Badge>}
              <span>
                {formatLongDay(one.delete_at)} (<When at={one.delete_at} />)
              </span>
            </span>
          </li>
        ))}
      </ul>
      {rest > 0 && <p className="text-muted text-sm">And {plural(rest, "batch", "batches")} later.</p>}
    </>
  );
}
