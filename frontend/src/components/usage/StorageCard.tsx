import { Failure } from "@/components/layout/States";
import { Card, CardBody, CardTitle } from "@/components/ui/card";
import { PartsBar } from "@/components/ui/parts-bar";
import { Skeleton } from "@/components/ui/skeleton";
import { useStorage } from "@/hooks/insight";
import { formatBytes, plural } from "@/lib/format";

/** What lies in the store, and of what. */
export function StorageCard() {
  const { data, error, isFetching, refetch } = useStorage();
  const total = data ? data.videos_bytes + data.results_bytes + data.exports_bytes : 0;
  return (
    <Card>
      <CardBody className="grid gap-5 py-5">
        <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
          <CardTitle>Storage</CardTitle>
          {data && <p className="numbers text-muted text-sm">{formatBytes(total)} in all</p>}
        </div>
        {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
        {!data && !error && <Skeleton className="h-20 rounded-lg" />}
        {data && (
          <PartsBar
            total={total}
            parts={[
              {
                label: "Uploads",
                value: data.videos_bytes,
                text: formatBytes(data.videos_bytes),
                look: "solid",
                hint: plural(data.videos, "video"),
              },
              {
                label: "Results",
                value: data.results_bytes,
                text: formatBytes(data.results_bytes),
                look: "hatched",
                hint: "With transcripts and highlights",
              },
              {
                label: "Exports",
                value: data.exports_bytes,
                text: formatBytes(data.exports_bytes),
                look: "dotted",
                hint: "Kept for 24 hours",
              },
            ]}
          />
        )}
      </CardBody>
    </Card>
  );
}
