import { ChartColumn, Gauge } from "lucide-react";
import { Link } from "react-router";
import { Numbers } from "@/components/insight/Numbers";
import { PeriodChooser } from "@/components/insight/PeriodChooser";
import { Page } from "@/components/layout/Page";
import { Empty, Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { RadioGroup } from "@/components/ui/radio-group";
import { Skeleton } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/account";
import { useAnalytics } from "@/hooks/insight";
import { useNewBatch } from "@/hooks/new-batch";
import { useUrlState } from "@/hooks/url-state";
import { isEmpty } from "@/lib/analytics";
import { dayOf, periodInWords, periodOf, USUAL } from "@/lib/periods";

/** What came of the work over a period. */
export function Analytics() {
  const operator = useMe().data?.role === "operator";
  const today = dayOf(Date.now());
  const [written, setWritten] = useUrlState<string>("period", USUAL);
  const [of, setOf] = useUrlState<"mine" | "all">("of", "mine", ["mine", "all"]);
  const everybody = operator && of === "all";
  const { data, error, isFetching, isPlaceholderData, refetch } = useAnalytics(periodOf(written, today), everybody);
  return (
    <Page
      title="Analytics"
      description={everybody ? "What came of everybody's batches and videos." : "What came of your batches and videos."}
      actions={
        <Button variant="outline" asChild>
          <Link to="/usage">
            <Gauge aria-hidden />
            Usage
          </Link>
        </Button>
      }
    >
      <div className="mb-5 flex flex-wrap items-start justify-between gap-3">
        <PeriodChooser value={written} today={today} onChange={setWritten} />
        {operator && (
          <RadioGroup
            label="Whose"
            value={of}
            onChange={setOf}
            choices={[
              { value: "mine", label: "Mine" },
              { value: "all", label: "All accounts" },
            ]}
          />
        )}
      </div>
      {error && !data && (
        <Card>
          <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
        </Card>
      )}
      {!data && !error && <Loading />}
      {data && (
        <div aria-busy={isPlaceholderData || undefined} className={isPlaceholderData ? "opacity-60" : undefined}>
          {isEmpty(data) ? (
            <Card>
              <Nothing
                words={periodInWords(written, today)}
                onMore={written === "90" ? null : () => setWritten("90")}
              />
            </Card>
          ) : (
            <Numbers analytics={data} />
          )}
        </div>
      )}
    </Page>
  );
}

function Nothing({ words, onMore }: { words: string; onMore: (() => void) | null }) {
  const newBatch = useNewBatch();
  return (
    <Empty
      icon={ChartColumn}
      title={`No batch and no video ended in ${words}`}
      action={
        <>
          {onMore && (
            <Button variant="outline" onClick={onMore}>
              Show the last 90 days
            </Button>
          )}
          <Button onClick={() => newBatch()}>New batch</Button>
        </>
      }
    >
      As soon as something is finished, it is counted here: how fast it went, what failed and why, and the time that was
      saved.
    </Empty>
  );
}

function Loading() {
  return (
    <div className="grid gap-5" aria-busy>
      <span className="sr-only">Loading the numbers</span>
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        {[1, 2, 3, 4, 5, 6, 7, 8].map((tile) => (
          <Skeleton key={tile} className="h-24 rounded-xl" />
        ))}
      </div>
      <div className="grid gap-5 lg:grid-cols-2">
        {[1, 2, 3, 4].map((chart) => (
          <Skeleton key={chart} className="h-88 rounded-xl" />
        ))}
      </div>
    </div>
  );
}
