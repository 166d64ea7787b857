import { ChartColumn } from "lucide-react";
import { useCallback } from "react";
import { Link } from "react-router";
import { Page } from "@/components/layout/Page";
import { Failure } from "@/components/layout/States";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { DeletionsCard } from "@/components/usage/DeletionsCard";
import { LedgerCard } from "@/components/usage/LedgerCard";
import { MonthCard } from "@/components/usage/MonthCard";
import { MonthsCard } from "@/components/usage/MonthsCard";
import { PlanCard } from "@/components/usage/PlanCard";
import { StorageCard } from "@/components/usage/StorageCard";
import { useMonths, useUsage } from "@/hooks/insight";
import { useUrlState } from "@/hooks/url-state";
import { dayOf } from "@/lib/periods";

/** What was used of the plan, what is kept, and every line behind it. */
export function Usage() {
  const { data: usage, error, isFetching, refetch } = useUsage();
  const now = usage?.month.slice(0, 7) ?? dayOf(Date.now()).slice(0, 7);
  const [month, setMonth] = useUrlState<string>("month", now);
  const known = useMonths().data?.map((one) => one.month.slice(0, 7)) ?? [];
  const shown = /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : now;
  const months = [...new Set([now, shown, ...known])].sort().reverse();
  const open = useCallback(
    (next: string) => {
      setMonth(next);
      document.getElementById("ledger")?.focus();
    },
    [setMonth],
  );
  return (
    <Page
      title="Usage"
      description="What you have used of your plan, and what is kept for how long."
      actions={
        <Button variant="outline" asChild>
          <Link to="/analytics">
            <ChartColumn aria-hidden />
            Analytics
          </Link>
        </Button>
      }
    >
      {error && !usage ? (
        <Card>
          <Failure error={error} onRetry={() => refetch()} retrying={isFetching} />
        </Card>
      ) : (
        <div className="grid gap-5">
          {usage ? <MonthCard usage={usage} /> : <Skeleton className="h-48 rounded-xl" />}
          <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
            <div className="grid gap-5">
              <StorageCard />
              <DeletionsCard />
            </div>
            {usage ? <PlanCard usage={usage} /> : <Skeleton className="h-72 rounded-xl" />}
          </div>
          <MonthsCard onMonth={open} />
          <LedgerCard month={shown} months={months} onMonth={setMonth} />
        </div>
      )}
    </Page>
  );
}
