import { BellOff, CheckCheck, Settings } from "lucide-react";
import { Link } from "react-router";
import { Page } from "@/components/layout/Page";
import { Empty, Failure } from "@/components/layout/States";
import { NoticeRow } from "@/components/notices/NoticeRow";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Pagination } from "@/components/ui/pagination";
import { Skeleton } from "@/components/ui/skeleton";
import { useNotices, useReadNotices } from "@/hooks/notices";
import { useUrlState } from "@/hooks/url-state";

const SIZE = 20;

/** Everything that somebody was told, newest first. */
export function Notices() {
  const [written, setWritten] = useUrlState<string>("page", "1");
  const page = Math.max(1, Number.parseInt(written, 10) || 1);
  const { data, error, isPending, isFetching, refetch } = useNotices({ limit: SIZE, offset: (page - 1) * SIZE });
  const read = useReadNotices();
  return (
    <Page
      title="Notices"
      description="What ended, what is ready and what needs your attention."
      actions={
        <>
          {data && data.unread > 0 && (
            <Button variant="outline" busy={read.isPending} onClick={() => read.mutate(null)}>
              <CheckCheck aria-hidden />
              Mark all as read
            </Button>
          )}
          <Button variant="outline" asChild>
            <Link to="/settings/notifications">
              <Settings aria-hidden />
              Settings
            </Link>
          </Button>
        </>
      }
    >
      <Card className="overflow-hidden">
        {error && !data && <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />}
        {isPending && (
          <div className="grid gap-3 p-4" aria-busy>
            {[1, 2, 3].map((row) => (
              <Skeleton key={row} className="h-14 rounded-lg" />
            ))}
          </div>
        )}
        {data && data.notices.length === 0 && (
          <Empty icon={BellOff} title="Nothing yet">
            When a batch ends or an export is ready, you are told here, and if you like by email.
          </Empty>
        )}
        {data && data.notices.length > 0 && (
          <ul className="divide-y divide-line" aria-label="Notices">
            {data.notices.map((notice) => (
              <NoticeRow key={notice.id} notice={notice} />
            ))}
          </ul>
        )}
      </Card>
      {data && <Pagination page={page} size={SIZE} total={data.total} onPage={(next) => setWritten(String(next))} />}
    </Page>
  );
}
