import { FilterX, ListVideo, Plus } from "lucide-react";
import { BatchJobCard, BatchJobRow, type BatchJobShown } from "@/components/batch/BatchJobRow";
import { Empty, Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Pagination } from "@/components/ui/pagination";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { SortHeader } from "@/components/ui/sort-header";
import { Table, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { useBatchJobs } from "@/hooks/batches";
import { useNarrow } from "@/hooks/media";
import { useNewBatch } from "@/hooks/new-batch";
import { useUrlState } from "@/hooks/url-state";
import { moveBetweenRows } from "@/lib/rows";
import { JOB_STATUS } from "@/lib/status";
import type { BatchJob, BatchJobStatus } from "@/types/batch";

const PAGE = 20;
const STATUSES = ["all", "pending", "processing", "paused", "completed", "failed", "cancelled"] as const;
const SORTS = {
  "-created_at": "Newest first",
  created_at: "Oldest first",
  name: "Name",
  status: "Status",
  "-progress": "Most progress",
  "-priority": "Priority",
} as const;

interface Props {
  /** Only batches of this user; the server shows nobody the batches of others anyway. */
  userId?: string;
  /** Called with a batch instead of opening its page. */
  onJobClick?: (job: BatchJob) => void;
}

/** All batches: filtered, sorted and paged by the address of the page. */
export function BatchJobsList({ userId, onJobClick }: Props) {
  const [status, setStatus] = useUrlState<(typeof STATUSES)[number]>("status", "all", STATUSES);
  const [sort, setSort] = useUrlState<string>("sort", "-created_at");
  const [page, setPage] = useUrlState<string>("page", "1");
  const newBatch = useNewBatch();
  const narrow = useNarrow();
  const number = Math.max(1, Number.parseInt(page, 10) || 1);
  const { data, error, isPending, isFetching, refetch } = useBatchJobs({
    status: status === "all" ? undefined : (status as BatchJobStatus),
    limit: PAGE,
    offset: (number - 1) * PAGE,
    sort,
  });
  const jobs = data?.batch_jobs.filter((job) => !userId || job.user_id === userId) ?? [];
  const everything = Object.values(data?.by_status ?? {}).reduce((sum, count) => sum + (count ?? 0), 0);
  const shown: BatchJobShown = { onJobClick };

  const controls = (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <Select
        aria-label="Filter by status"
        data-filter
        className="w-44"
        value={status}
        onChange={setStatus}
        options={STATUSES.map((one) => {
          const count = one === "all" ? everything : data?.by_status[one];
          return {
            value: one,
            label: `${one === "all" ? "All batches" : JOB_STATUS[one].label}${count ? ` (${count})` : ""}`,
          };
        })}
      />
      <Select
        aria-label="Sort by"
        className="w-40 md:hidden"
        value={sort in SORTS ? sort : "-created_at"}
        onChange={setSort}
        options={Object.entries(SORTS).map(([value, label]) => ({ value, label }))}
      />
    </div>
  );

  if (error && !data) {
    return (
      <Card>
        <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
      </Card>
    );
  }
  if (data && everything === 0) {
    return (
      <Card>
        <Empty
          icon={ListVideo}
          title="No batch jobs yet"
          action={
            <Button onClick={() => newBatch()}>
              <Plus aria-hidden />
              Create batch
            </Button>
          }
        >
          Drop a season of videos anywhere on this page, choose settings once, and find every one ready in the morning.
        </Empty>
      </Card>
    );
  }
  if (data && jobs.length === 0) {
    return (
      <>
        {controls}
        <Card>
          <Empty
            icon={FilterX}
            title={status === "all" ? "Nothing on this page" : `No batch is ${JOB_STATUS[status].label.toLowerCase()}`}
            action={
              <Button variant="outline" onClick={() => (status === "all" ? setPage("1") : setStatus("all"))}>
                {status === "all" ? "To the first page" : "Show all batches"}
              </Button>
            }
          />
        </Card>
      </>
    );
  }
  return (
    <div aria-busy={isPending}>
      {controls}
      {narrow ? (
        <ul className="grid gap-3">
          {isPending ? <SkeletonCards /> : jobs.map((job) => <BatchJobCard key={job.id} job={job} {...shown} />)}
        </ul>
      ) : (
        <Card className="overflow-hidden">
          <Table onKeyDown={moveBetweenRows}>
            <TableHead>
              <tr>
                <SortHeader name="name" label="Name" sort={sort} onSort={setSort} />
                <SortHeader name="status" label="Status" sort={sort} onSort={setSort} />
                <SortHeader
                  name="progress"
                  label="Progress"
                  sort={sort}
                  onSort={setSort}
                  descendingFirst
                  className="w-64"
                />
                <SortHeader name="created_at" label="Created" sort={sort} onSort={setSort} descendingFirst />
                <TableHeader>
                  <span className="sr-only">Actions</span>
                </TableHeader>
              </tr>
            </TableHead>
            <tbody>
              {isPending ? <SkeletonRows /> : jobs.map((job) => <BatchJobRow key={job.id} job={job} {...shown} />)}
            </tbody>
          </Table>
        </Card>
      )}
      {data && <Pagination page={number} size={PAGE} total={data.total} onPage={(next) => setPage(String(next))} />}
    </div>
  );
}

function SkeletonRows() {
  return [1, 2, 3, 4, 5].map((row) => (
    <TableRow key={row} data-testid="skeleton">
      <td className="px-4 py-4">
        <Skeleton className="h-4 w-40" />
        <Skeleton className="mt-2 h-3 w-56" />
      </td>
      <td className="px-4">
        <Skeleton className="h-5 w-24 rounded-full" />
      </td>
      <td className="px-4">
        <Skeleton className="h-3 w-full" />
      </td>
      <td className="px-4">
        <Skeleton className="h-4 w-20" />
      </td>
      <td />
    </TableRow>
  ));
}

function SkeletonCards() {
  return [1, 2, 3].map((row) => (
    <li key={row} className="rounded-xl border border-line bg-surface p-4">
      <Skeleton className="h-4 w-40" />
      <Skeleton className="mt-3 h-2 w-full" />
      <Skeleton className="mt-3 h-3 w-28" />
    </li>
  ));
}
