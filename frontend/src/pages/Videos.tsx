import { FilterX, Library, ListVideo } from "lucide-react";
import { Link } from "react-router";
import { StatusBadge } from "@/components/batch/StatusBadge";
import { Page } from "@/components/layout/Page";
import { SearchField } from "@/components/layout/SearchField";
import { Empty, Failure } from "@/components/layout/States";
import { When } from "@/components/layout/When";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Pagination } from "@/components/ui/pagination";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { Tooltip } from "@/components/ui/tooltip";
import { useNewBatch } from "@/hooks/new-batch";
import { useUrlState } from "@/hooks/url-state";
import { useVideos } from "@/hooks/videos";
import { formatBytes, formatDuration, plural } from "@/lib/format";
import type { Video } from "@/types/batch";

const PAGE = 24;
const SORTS = [
  { value: "-created_at", label: "Newest first" },
  { value: "created_at", label: "Oldest first" },
  { value: "name", label: "Name" },
];

export function Videos() {
  const [search, setSearch] = useUrlState<string>("search", "");
  const [sort, setSort] = useUrlState<string>(
    "sort",
    "-created_at",
    SORTS.map((one) => one.value),
  );
  const [page, setPage] = useUrlState<string>("page", "1");
  const newBatch = useNewBatch();
  const number = Math.max(1, Number.parseInt(page, 10) || 1);
  const { data, error, isPending, isFetching, refetch } = useVideos({
    search: search || undefined,
    sort,
    limit: PAGE,
    offset: (number - 1) * PAGE,
  });
  return (
    <Page title="Library" description="Every video you have uploaded.">
      <div className="mb-4 flex flex-wrap gap-2">
        <SearchField
          label="Search videos"
          placeholder="Search by name"
          longest={100}
          value={search}
          onChange={setSearch}
        />
        <Select aria-label="Sort by" className="w-40" value={sort} onChange={setSort} options={SORTS} />
      </div>
      {error && !data && (
        <Card>
          <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
        </Card>
      )}
      {isPending && (
        <ul className="grid grid-cols-2 gap-4 sm:grid-cols-3 lg:grid-cols-4" aria-busy>
          {[1, 2, 3, 4, 5, 6, 7, 8].map((tile) => (
            <li key={tile}>
              <Skeleton className="aspect-video w-full rounded-xl" />
              <Skeleton className="mt-2 h-4 w-3/4" />
            </li>
          ))}
        </ul>
      )}
      {data && data.videos.length === 0 && (
        <Card>
          {search ? (
            <Empty
              icon={FilterX}
              title={`No video is named like “${search}”`}
              action={
                <Button variant="outline" onClick={() => setSearch("")}>
                  Show all videos
                </Button>
              }
            />
          ) : (
            <Empty
              icon={Library}
              title="No videos yet"
              action={<Button onClick={() => newBatch()}>Upload multiple videos</Button>}
            >
              What you upload in a batch is kept here.
            </Empty>
          )}
        </Card>
      )}
      {data && data.videos.length > 0 && (
        <>
          <ul className="grid grid-cols-2 gap-x-4 gap-y-6 sm:grid-cols-3 lg:grid-cols-4">
            {data.videos.map((video) => (
              <Tile key={video.id} video={video} />
            ))}
          </ul>
          <Pagination page={number} size={PAGE} total={data.total} onPage={(next) => setPage(String(next))} />
        </>
      )}
    </Page>
  );
}

function Tile({ video }: { video: Video }) {
  const length = video.facts?.duration_s;
  const batches = video.batches ?? [];
  return (
    <li className="group relative grid content-start gap-2">
      <div className="relative aspect-video overflow-hidden rounded-xl border border-line bg-sunken">
        {video.thumbnail_url ? (
          <img
            src={video.thumbnail_url}
            alt=""
            loading="lazy"
            decoding="async"
            className="size-full object-cover transition-transform duration-300 group-hover:scale-[1.03]"
          />
        ) : (
          <span className="grid size-full place-items-center">
            <StatusBadge of="library" status={video.status} />
          </span>
        )}
        {length !== undefined && (
          <span className="numbers absolute right-2 bottom-2 rounded bg-black/75 px-1.5 py-0.5 font-medium text-white text-xs">
            {formatDuration(length)}
          </span>
        )}
      </div>
      <div className="min-w-0">
        <Link
          to={`/videos/${video.id}`}
          className="block truncate font-medium text-sm after:absolute after:inset-0 hover:text-primary"
          title={video.name}
        >
          {video.name}
        </Link>
        <p className="numbers truncate text-muted text-xs">
          {formatBytes(video.size_bytes)} · <When at={video.created_at} />
        </p>
        {batches[0] && (
          <Tooltip content={batches.map((batch) => batch.batch_name).join(", ")}>
            <Link
              to={`/batches/${batches[0].batch_job_id}`}
              className="relative z-10 mt-1 inline-flex max-w-full items-center gap-1.5 rounded-full border border-line px-2 py-0.5 text-muted text-xs hover:border-primary hover:text-primary"
            >
              <ListVideo className="size-3 shrink-0" aria-hidden />
              <span className="sr-only">In </span>
              <span className="truncate">
                {batches.length === 1 ? batches[0].batch_name : plural(batches.length, "batch", "batches")}
              </span>
            </Link>
          </Tooltip>
        )}
      </div>
    </li>
  );
}
